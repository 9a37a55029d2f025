#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "node/config/value.hpp"
#include "node/vitals/overrides.hpp"

namespace lockstep::node {
namespace {

using Json = nlohmann::ordered_json;
using Numbers = Change<std::uint32_t> VitalsChange::*;

constexpr double longest_latency_ms = 3'600'000;
constexpr std::int64_t largest_figure = 1'000'000;

struct Named {
  std::string_view name;
  Numbers field;
};
constexpr Named shares[] = {
    {"cpu", &VitalsChange::cpu}, {"memory", &VitalsChange::memory}, {"load", &VitalsChange::load}};
constexpr std::string_view latency_name = "disk_latency_ms";
constexpr Named figures[] = {{"visits", &VitalsChange::visits},
                             {"beds_free", &VitalsChange::beds_free},
                             {"beds_total", &VitalsChange::beds_total},
                             {"doctors_free", &VitalsChange::doctors_free},
                             {"doctors_total", &VitalsChange::doctors_total},
                             {"critical", &VitalsChange::critical}};

template <std::size_t size>
Numbers named(const Named (&list)[size], std::string_view name) {
  const auto* found =
      std::find_if(list, list + size, [&](const Named& one) { return one.name == name; });
  return found == list + size ? nullptr : found->field;
}

std::string unknown(const std::string& key) {
  std::vector<std::string> names;
  for (const Named& one : shares) names.emplace_back(one.name);
  names.emplace_back(latency_name);
  for (const Named& one : figures) names.emplace_back(one.name);
  return in_quotes(key) + " is no key of vitals; " + suggestion(key, names);
}

std::string expected(std::string_view key, std::string_view what, const Json& found) {
  const std::string text = found.dump(-1, ' ', false, Json::error_handler_t::replace);
  return fmt::format("{}: expected {} or null, found {}", key, what,
                     found.is_object()   ? "an object"
                     : found.is_array()  ? "a list"
                     : found.is_string() ? in_quotes(found.get<std::string>())
                                         : text);
}

bool is_between(const Json& value, double low, double high) {
  return value.is_number() && value.get<double>() >= low && value.get<double>() <= high;
}

// "" where it is taken.
std::string take(VitalsChange& change, const std::string& key, const Json& value) {
  const bool forget = value.is_null();
  if (const Numbers share = named(shares, key)) {
    if (!forget && !is_between(value, 0, 1)) return expected(key, "a number from 0 to 1", value);
    change.*share = std::optional<std::uint32_t>();
    if (!forget)
      change.*share = static_cast<std::uint32_t>(std::lround(value.get<double>() * 1000));
    return "";
  }
  if (const Numbers figure = named(figures, key)) {
    const bool whole = value.is_number_integer() && is_between(value, 0, largest_figure);
    if (!forget && !whole)
      return expected(key, fmt::format("a whole number from 0 to {}", largest_figure), value);
    change.*figure = std::optional<std::uint32_t>();
    if (!forget) change.*figure = value.get<std::uint32_t>();
    return "";
  }
  if (key != latency_name) return unknown(key);
  if (!forget && !is_between(value, 0, longest_latency_ms))
    return expected(key, "a number from 0 to 3600000", value);
  change.disk_latency = std::optional<Duration>();
  if (!forget) change.disk_latency = microseconds(std::llround(value.get<double>() * 1000));
  return "";
}

}  // namespace

std::variant<VitalsChange, std::string> parse_vitals(std::string_view body) {
  std::set<std::string> keys;
  std::string twice;
  const auto note = [&](int depth, Json::parse_event_t event, const Json& key) {
    if (event == Json::parse_event_t::key && depth == 1 && !keys.insert(key).second) twice = key;
    return true;
  };
  const Json json = Json::parse(body, note, false);
  if (!json.is_object())
    return R"(the body is one JSON object, as {"cpu": 0.93}; see docs/election.md)";
  if (!twice.empty()) return in_quotes(twice) + " is said twice";
  VitalsChange change;
  for (const auto& [key, value] : json.items()) {
    std::string refusal = take(change, key, value);
    if (!refusal.empty()) return refusal;
  }
  return change;
}

}  // namespace lockstep::node
