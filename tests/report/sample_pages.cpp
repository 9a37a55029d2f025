// sample_pages FOLDER: writes small.html, large.html and hostile.html, pages of made-up runs, for a
// browser to open.
#include <cstdio>
#include <fstream>
#include <string>

#include "sim/report/sample_run_for_tests.hpp"

namespace {

using namespace lockstep;
using namespace lockstep::sim;

bool write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) std::fprintf(stderr, "%s: cannot be written\n", path.c_str());
  return static_cast<bool>(file);
}

// Every text of the run tries to leave its place in the page.
Sample hostile_run() {
  const std::string attack = "</script><script>document.title='broken in'</script><!-- \xff & \"'";
  Sample sample = sample_run(20);
  for (TraceLine& line : sample.lines) {
    if (auto* step = std::get_if<TracedStep>(&line)) {
      step->text += attack;
      step->state += attack;
      step->effects.push_back(attack);
    }
  }
  for (HistoryOperation& operation : sample.history) operation.key = operation.value = attack;
  sample.lines.emplace_back(TracedViolation{Instant(150'000'000), 40, NodeId{1}, attack, attack});
  return sample;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: sample_pages FOLDER\n");
    return 64;
  }
  const std::string folder = std::string(arguments[1]) + "/";
  const Sample small = sample_run(60);
  const Sample large = sample_run(12'000);
  const Sample hostile = hostile_run();
  const bool written =
      write(folder + "small.html", render_report(input_of(small, milliseconds(600)))) &&
      write(folder + "large.html", render_report(input_of(large, milliseconds(120'000)))) &&
      write(folder + "hostile.html", render_report(input_of(hostile, milliseconds(200))));
  return written ? 0 : 1;
}
