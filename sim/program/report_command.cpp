// report: one page over several runs and sweeps, to be read offline or sent to somebody.
#include <fmt/core.h>

#include <fstream>

#include "sim/program/commands.hpp"
#include "sim/program/compared_run.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/overview_of.hpp"

namespace lockstep::sim {
namespace {

struct PageFlags {
  std::vector<std::string> results;
  std::string out = "report.html";
  Bootstrap how;
};

int write_overview(const PageFlags& flags) {
  std::string page;
  try {
    page = render_overview(overview_of(flags.results, flags.how));
  } catch (const NoRun& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_no_input;
  } catch (const BrokenRun& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_bad_scenario;
  }
  std::ofstream file(flags.out, std::ios::binary);
  file << page;
  if (!file.flush()) {
    fmt::print(stderr, "{}: cannot be written; name another place with --out\n", flags.out);
    return exit_cannot_create;
  }
  fmt::print("report: {}\n", flags.out);
  return exit_pass;
}

}  // namespace

Action add_report(CLI::App& app) {
  auto* command = app.add_subcommand(
      "report", "Write one self-contained page over several runs, sweeps and figures.");
  auto flags = std::make_shared<PageFlags>();
  command->add_option("RESULTS", flags->results, "folders of runs and sweeps, and .svg files")
      ->required();
  command->add_option("-o,--out", flags->out, "the page")->capture_default_str();
  command->add_option("--seed", flags->how.seed, "of the bootstrap")
      ->check(refuse_unless_whole)
      ->capture_default_str();
  command->add_option("--resamples", flags->how.resamples, "of the bootstrap")
      ->check(CLI::Range(1u, 1'000'000u))
      ->capture_default_str();
  return [flags] { return write_overview(*flags); };
}

}  // namespace lockstep::sim
