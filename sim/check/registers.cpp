#include "sim/check/registers.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::sim {

std::uint32_t Registers::which(std::string_view name) {
  const auto at = names_.find(name);
  if (at != names_.end()) return at->second;
  const auto number = static_cast<std::uint32_t>(name_of_.size());
  name_of_.emplace_back(name);
  names_.emplace(name, number);
  return number;
}

std::uint32_t Registers::value(const std::optional<std::string>& text) {
  if (!text) return 0;
  const auto [at, fresh] = values_.emplace(*text, static_cast<std::uint32_t>(value_of_.size()) + 1);
  if (fresh) value_of_.push_back(*text);
  return at->second;
}

std::uint32_t Registers::number(State state) {
  while (!state.empty() && state.back() == 0) state.pop_back();
  const auto [at, fresh] = numbers_.emplace(state, static_cast<std::uint32_t>(states_.size()));
  if (fresh) states_.push_back(std::move(state));
  return at->second;
}

std::optional<std::uint32_t> Registers::apply(std::uint32_t state, const Action& action) {
  State after = states_[state];
  for (const Part& part : action.parts) {
    if (part.which >= after.size()) after.resize(part.which + 1);
    if (part.writes)
      after[part.which] = part.value;
    else if (after[part.which] != part.value)
      return std::nullopt;
  }
  return number(std::move(after));
}

bool Registers::reads_only(const Action& action) const {
  return std::none_of(action.parts.begin(), action.parts.end(),
                      [](const Part& part) { return part.writes; });
}

std::string Registers::describe(std::uint32_t state) const {
  const State& values = states_[state];
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += name_of_[i] + " = \"" + value_of_[values[i] - 1] + "\"";
  }
  return text.empty() ? "all absent" : text;
}

}  // namespace lockstep::sim
