#include "processes/bench/wrk.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <regex>
#include <stdexcept>

namespace lockstep::processes {
namespace {

double milliseconds_of(double number, const std::string& unit) {
  if (unit == "us") return number / 1000;
  if (unit == "s") return number * 1000;
  if (unit == "m") return number * 60'000;
  return number;
}

// The first group of `pattern`, or `otherwise` where it does not occur.
std::uint64_t count_of(const std::string& text, const char* pattern) {
  std::smatch found;
  return std::regex_search(text, found, std::regex(pattern)) ? std::stoull(found[1]) : 0;
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (!pipe) throw std::runtime_error("cannot start wrk; install the Debian package wrk");
  std::string output;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe.get())) != 0;)
    output.append(buffer, got);
  return output;
}

}  // namespace

bool wrk_is_installed() { return std::system("command -v wrk >/dev/null 2>&1") == 0; }

LoadResult run_wrk(const std::string& url, unsigned connections, unsigned seconds,
                   const std::string& script, const std::string& folder) {
  const std::string file = folder + "/load.lua";
  std::ofstream(file) << script;
  return parse_wrk(
      output_of(fmt::format("wrk -t1 -c{} -d{}s --timeout 10s --latency -s '{}' '{}' 2>&1",
                            connections, seconds, file, url)));
}

LoadResult parse_wrk(std::string_view output) {
  const std::string text(output);
  std::smatch rate, median;
  if (!std::regex_search(text, rate, std::regex(R"(Requests/sec:\s+([0-9.]+))")) ||
      !std::regex_search(text, median, std::regex(R"(50%\s+([0-9.]+)(us|ms|s|m))")))
    throw std::runtime_error("wrk did not measure: " + text);
  LoadResult result;
  result.per_s = std::stod(rate[1]);
  result.p50_ms = milliseconds_of(std::stod(median[1]), median[2]);
  result.errors = count_of(text, R"(Non-2xx or 3xx responses: (\d+))") +
                  count_of(text, R"(Socket errors: connect (\d+))") +
                  count_of(text, R"(Socket errors: connect \d+, read (\d+))") +
                  count_of(text, R"(Socket errors: connect \d+, read \d+, write (\d+))") +
                  count_of(text, R"(Socket errors: .* timeout (\d+))");
  return result;
}

}  // namespace lockstep::processes
