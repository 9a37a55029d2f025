// What a search for a linearization has to know of an object, and may know to be quicker.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/timeline.hpp"

namespace lockstep::sim {

// A sequential object. It numbers its states, so that equal numbers mean equal states.
template <class M>
concept Model = requires(M& model, const typename M::Action& action, std::uint32_t state) {
  { model.initial() } -> std::same_as<std::uint32_t>;
  // The state after, or nothing where the action cannot have had its result in `state`.
  { model.apply(state, action) } -> std::same_as<std::optional<std::uint32_t>>;
  { model.reads_only(action) } -> std::same_as<bool>;  // in every state
  { model.overwrites(action) } -> std::same_as<bool>;  // fits every state, and hides it
  { model.describe(state) } -> std::convertible_to<std::string>;
  { action == action } -> std::convertible_to<bool>;
};

// Advises on nothing: what a model without knowledge of its values uses. Of any guide holds:
// saying less never changes a verdict.
template <class Action>
struct NoGuide {
  NoGuide(const auto& /*model*/, const Timeline<Action>& /*timeline*/) {}
  void place(const Action&, bool /*open*/) {}
  void lift(const Action&, bool /*open*/) {}
  // After the state changed from `before`: nothing that is left can succeed.
  [[nodiscard]] bool lost(std::uint32_t /*before*/) const { return false; }
  // It overwrites, and no unplaced operation finds what it wrote.
  [[nodiscard]] bool unobserved(const Action&) const { return false; }
  // No unplaced operation would miss an unobserved value, now that the state is this.
  [[nodiscard]] bool indifferent(std::uint32_t /*state*/) const { return false; }
  // It does not fit `state`, and would fit any unobserved value.
  [[nodiscard]] bool minds(const Action&, std::uint32_t /*state*/) const { return true; }
  // Operations that returned in the order worth trying, or empty: in the order of their returns.
  [[nodiscard]] std::vector<std::uint32_t> order() const { return {}; }
};

}  // namespace lockstep::sim
