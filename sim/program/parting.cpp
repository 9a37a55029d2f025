#include "sim/program/parting.hpp"

#include <stdexcept>

namespace lockstep::sim {
namespace {

using TraceJson = nlohmann::ordered_json;

std::optional<TraceJson> trace_json(bool there, const std::string& text, std::uint64_t line) {
  if (!there) return std::nullopt;
  TraceJson json = TraceJson::parse(text, nullptr, false);
  if (!json.is_object())
    throw std::runtime_error("line " + std::to_string(line) + " of a trace is no JSON object");
  return json;
}

// Of the last line that both have, if it is a step; else what it was before.
std::uint64_t step_of(const std::string& text, std::uint64_t before) {
  const std::string key = "{\"type\":\"step\",\"step\":";
  return text.starts_with(key) ? std::stoull(text.substr(key.size())) : before;
}

std::vector<std::string> different_keys(const TraceJson& a, const TraceJson& b) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : a.items()) {
    if (!b.contains(key) || b[key] != value) keys.push_back(key);
  }
  for (const auto& [key, value] : b.items()) {
    if (!a.contains(key)) keys.push_back(key);
  }
  return keys;
}

}  // namespace

std::optional<Parting> parting_of(std::istream& first, std::istream& second) {
  Parting parting;
  std::string a, b;
  for (;;) {
    ++parting.line;
    const bool has_a = static_cast<bool>(std::getline(first, a));
    const bool has_b = static_cast<bool>(std::getline(second, b));
    if (!has_a && !has_b) return std::nullopt;
    if (has_a && has_b && a == b) {
      parting.step = step_of(a, parting.step);
      continue;
    }
    ++parting.step;
    parting.first = trace_json(has_a, a, parting.line);
    parting.second = trace_json(has_b, b, parting.line);
    if (has_a && has_b) parting.keys = different_keys(*parting.first, *parting.second);
    return parting;
  }
}

}  // namespace lockstep::sim
