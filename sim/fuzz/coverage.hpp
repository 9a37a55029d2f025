// Coverage: what a campaign reached, and what it never did. Kept per campaign; a run adds what its
// outcome says.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::sim {

class Coverage {
 public:
  explicit Coverage(std::string protocol) : protocol_(std::move(protocol)) {}

  void add(const std::vector<Struck>& struck, const std::vector<std::string>& witnesses);

  // For people: kinds of faults down, roles and phases across, then witnesses, then what was never
  // reached.
  [[nodiscard]] std::string table() const;
  [[nodiscard]] Json json() const;
  // "crash of a candidate", "witness split_vote": of the kinds, roles and witnesses the protocol
  // has, which were not met.
  [[nodiscard]] std::vector<std::string> never_reached() const;

 private:
  [[nodiscard]] std::uint64_t count(std::string_view kind, std::string_view role,
                                    std::string_view phase) const;
  [[nodiscard]] std::vector<std::string> roles() const;

  std::string protocol_;
  std::uint64_t runs_ = 0;
  std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t>
      met_;                                         // kind, role, phase
  std::map<std::string, std::uint64_t> witnesses_;  // runs that saw it
};

}  // namespace lockstep::sim
