// Values that are rounder: fewer characters, or as many and more of them zeros.
#include <algorithm>
#include <array>
#include <string>

#include "core/base/time.hpp"
#include "sim/fuzz/shrink_edits.hpp"
#include "sim/scenario/units.hpp"

namespace lockstep::sim {
namespace {

using Texts = std::vector<std::string>;

std::string text_of_ns(std::int64_t ns) { return to_text(Duration(ns)); }

bool is_rounder(const std::string& text, const std::string& than) {
  if (text.size() != than.size()) return text.size() < than.size();
  return count_figures(text) < count_figures(than);
}

// The value of a duration with fewer digits, the fewest first; what is negative stays so.
Texts rounder_durations(const std::string& text) {
  Texts rounder;
  const std::string sign = text.starts_with('-') ? "-" : "";
  const auto duration = parse_duration(text.substr(sign.size()));
  if (!duration) return rounder;
  for (std::int64_t grain = 10'000'000'000; grain >= 1'000; grain /= 10) {
    for (const std::int64_t half : {grain, grain / 2}) {
      const std::int64_t down = duration->ns() / half * half;
      for (const std::int64_t ns : {down, down + half}) {
        const std::string made = sign + text_of_ns(ns);
        const bool near = ns > 0 && ns <= duration->ns() * 2;
        if (near && is_rounder(made, text)) rounder.push_back(made);
      }
    }
  }
  rounder.erase(std::unique(rounder.begin(), rounder.end()), rounder.end());
  return rounder;
}

// The neighbours of one digit, and 1.
std::array<std::uint64_t, 3> rounder_numbers(std::uint64_t number) {
  std::uint64_t grain = 1;
  while (number / grain >= 10) grain *= 10;
  const std::uint64_t down = number / grain * grain;
  return {1, down, down + grain};
}

// "123 Mbps", "-37.5 /s", "37 KiB": a whole number and the rest as it was.
Texts rounder_amounts(const std::string& text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const std::size_t rest = text.find_first_not_of("0123456789", sign);
  if (rest == std::string::npos || rest == sign || rest - sign > 15) return {};
  const std::size_t unit =
      text[rest] == '.' ? text.find_first_not_of("0123456789", rest + 1) : rest;
  if (unit == std::string::npos || (text[unit] != ' ' && text[unit] != '/')) return {};
  Texts rounder;
  for (const std::uint64_t number : rounder_numbers(std::stoull(text.substr(sign, rest - sign)))) {
    std::string made = text.substr(0, sign) + std::to_string(number) + text.substr(unit);
    if (number > 0 && is_rounder(made, text)) rounder.push_back(std::move(made));
  }
  return rounder;
}

Texts rounder_ratios(const std::string& text) {
  Texts rounder;
  for (const char* ratio : {"1/1", "1/2", "1/5", "1/10", "1/20", "1/100"}) {
    if (is_rounder(ratio, text)) rounder.push_back(ratio);
  }
  return rounder;
}

Texts rounder_latencies(const Latency& latency, const std::string& text) {
  Texts rounder;
  for (const std::int64_t ns : {latency.low.ns(), latency.high.ns()}) {
    if (ns <= 0) continue;
    const std::string constant = text_of_ns(ns);
    if (is_rounder(constant, text)) rounder.push_back(constant);
    for (const auto& rounded : rounder_durations(constant)) rounder.push_back(rounded);
  }
  return rounder;
}

Texts rounder_ranges(const DurationRange& range) {
  Texts rounder;
  for (const auto& low : rounder_durations(text_of_ns(range.low.ns())))
    rounder.push_back(low + ".." + text_of_ns(range.high.ns()));
  for (const auto& high : rounder_durations(text_of_ns(range.high.ns())))
    rounder.push_back(text_of_ns(range.low.ns()) + ".." + high);
  return rounder;
}

Texts rounder_texts(const std::string& text) {
  Texts durations = rounder_durations(text);
  if (!durations.empty()) return durations;
  if (parse_ratio(text)) return rounder_ratios(text);
  if (const auto latency = parse_latency(text)) return rounder_latencies(*latency, text);
  if (const auto range = parse_range(text)) return rounder_ranges(*range);
  return rounder_amounts(text);
}

std::vector<std::int64_t> rounder_counts(std::int64_t count) {
  std::vector<std::int64_t> rounder;
  if (count < 0) rounder.push_back(-count);
  const auto size = static_cast<std::uint64_t>(count < 0 ? -count : count);
  for (const std::uint64_t number : rounder_numbers(size))
    rounder.push_back(static_cast<std::int64_t>(number) * (count < 0 ? -1 : 1));
  return rounder;
}

// A copy of the scenario for each rounder value of each text and number below `place`.
void add_rounder(const Json& scenario, const Json::json_pointer& place, Candidates& out) {
  const Json& value = scenario.at(place);
  const auto add = [&](const auto& rounder) {
    for (const auto& made : rounder) {
      out.push_back(scenario);
      out.back()[place] = made;
    }
  };
  if (value.is_structured()) {
    for (const auto& [key, member] : value.items()) add_rounder(scenario, place / key, out);
  } else if (value.is_string()) {
    add(rounder_texts(value.get_ref<const std::string&>()));
  } else if (value.is_number_integer()) {
    add(rounder_counts(value.get<std::int64_t>()));
  }
}

}  // namespace

std::uint64_t count_figures(std::string_view text) {
  return static_cast<std::uint64_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return '1' <= c && c <= '9'; }));
}

Candidates rounder(const Json& scenario) {
  Candidates out;
  for (const char* part : {"faults", "workload", "network", "disk", "config"}) {
    if (scenario.contains(part))
      add_rounder(scenario, Json::json_pointer("/" + std::string(part)), out);
  }
  return out;
}

}  // namespace lockstep::sim
