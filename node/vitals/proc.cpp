#include "node/vitals/proc.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/base/check.hpp"

namespace lockstep::node {
namespace {

// Takes the text up to `end`, and that with it.
std::string_view take(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return take(line, ' ');
}

std::optional<std::uint64_t> whole_number(std::string_view word) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

bool names_processor(std::string_view line) {
  return line.size() > 3 && line.starts_with("cpu") && line[3] >= '0' && line[3] <= '9';
}

}  // namespace

std::uint32_t permille(double part, double whole) {
  check(whole > 0, "a share is of something");
  return static_cast<std::uint32_t>(std::floor(std::clamp(part / whole, 0.0, 1.0) * 1000));
}

std::optional<ProcessorTime> parse_stat(std::string_view text) {
  enum { user, nice, system, idle, iowait, irq, softirq, steal, fields };
  constexpr std::size_t fewest = idle + 1;  // the others came with later kernels
  std::string_view line = take(text, '\n');
  if (take_word(line) != "cpu") return std::nullopt;
  std::array<std::uint64_t, fields> ticks{};
  std::size_t count = 0;
  for (; count < fields && !line.empty(); ++count) {
    const auto number = whole_number(take_word(line));
    if (!number) return std::nullopt;
    ticks[count] = *number;
  }
  if (count < fewest) return std::nullopt;
  ProcessorTime time;
  time.busy =
      ticks[user] + ticks[nice] + ticks[system] + ticks[irq] + ticks[softirq] + ticks[steal];
  time.total = time.busy + ticks[idle] + ticks[iowait];
  while (names_processor(take(text, '\n'))) ++time.processors;
  if (time.processors == 0) return std::nullopt;
  return time;
}

std::optional<Memory> parse_meminfo(std::string_view text) {
  constexpr std::uint64_t most = UINT64_MAX / 1024;
  const auto total = parse_count(text, "MemTotal:");
  const auto available = parse_count(text, "MemAvailable:");
  if (!total || !available || *total == 0 || *total > most || *available > *total)
    return std::nullopt;
  return Memory{*total * 1024, (*total - *available) * 1024};
}

std::optional<std::uint64_t> parse_loadavg(std::string_view text) {
  constexpr std::uint64_t most = UINT64_MAX / 100 - 1;
  std::string_view word = take_word(text);
  const auto tasks = whole_number(take(word, '.'));
  const auto hundredths = whole_number(word);
  if (!tasks || !hundredths || word.size() != 2 || *tasks > most) return std::nullopt;
  return *tasks * 100 + *hundredths;
}

std::optional<Quota> parse_cpu_max(std::string_view text) {
  std::string_view line = take(text, '\n');
  const auto quota = whole_number(take_word(line));
  const auto period = whole_number(take_word(line));
  if (!quota || !period || *quota == 0 || *period == 0 || !line.empty()) return std::nullopt;
  return Quota{*quota, *period};
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  return whole_number(take(text, '\n'));
}

std::optional<std::uint64_t> parse_count(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    if (take_word(line) == name) return whole_number(take_word(line));
  }
  return std::nullopt;
}

}  // namespace lockstep::node
