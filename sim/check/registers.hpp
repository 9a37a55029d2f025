// Registers: several values that are read and written together, each operation at one instant. It
// is the sequential model of a store with transactions of reads and writes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::sim {

class Registers {
 public:
  struct Part {
    bool writes = false;
    std::uint32_t which = 0;  // register
    std::uint32_t value = 0;  // written or found
    friend bool operator==(const Part&, const Part&) = default;
  };
  // A part sees what the parts before it wrote.
  struct Action {
    std::vector<Part> parts;
    friend bool operator==(const Action&, const Action&) = default;
  };

  Registers() { (void)number(State()); }

  // Numbers of a register and of a value; 0 is the value "absent", which all hold at first.
  std::uint32_t which(std::string_view name);
  std::uint32_t value(const std::optional<std::string>& text);

  [[nodiscard]] std::uint32_t initial() const { return 0; }
  std::optional<std::uint32_t> apply(std::uint32_t state, const Action& action);
  [[nodiscard]] bool reads_only(const Action& action) const;
  [[nodiscard]] bool overwrites(const Action& /*action*/) const { return false; }
  // "x = "1", y = "2"" without what is absent.
  [[nodiscard]] std::string describe(std::uint32_t state) const;

 private:
  using State = std::vector<std::uint32_t>;  // by register; without absent ones at the end
  std::uint32_t number(State state);

  std::map<std::string, std::uint32_t, std::less<>> names_;
  std::map<std::string, std::uint32_t, std::less<>> values_;
  std::vector<std::string> name_of_, value_of_;
  std::map<State, std::uint32_t> numbers_;
  std::vector<State> states_;
};

}  // namespace lockstep::sim
