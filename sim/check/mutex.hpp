// Mutex: a lock that is free at first, is acquired only while free and released only while held.
// Who holds it is not asked, as in Knossos' model of the same name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lockstep::sim {

class Mutex {
 public:
  struct Action {
    bool acquires = false;  // else releases
    friend bool operator==(const Action&, const Action&) = default;
  };

  [[nodiscard]] std::uint32_t initial() const { return free; }
  [[nodiscard]] std::optional<std::uint32_t> apply(std::uint32_t state,
                                                   const Action& action) const {
    if (state != (action.acquires ? free : held)) return std::nullopt;
    return action.acquires ? held : free;
  }
  [[nodiscard]] bool reads_only(const Action& /*action*/) const { return false; }
  [[nodiscard]] bool overwrites(const Action& /*action*/) const { return false; }
  [[nodiscard]] std::string describe(std::uint32_t state) const {
    return state == free ? "free" : "held";
  }

 private:
  static constexpr std::uint32_t free = 0;
  static constexpr std::uint32_t held = 1;
};

}  // namespace lockstep::sim
