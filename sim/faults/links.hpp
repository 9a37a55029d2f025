// Links: which directed links are cut or slowed, as a short list of rules. A rule stays until it is
// undone or all are cleared, so faults that overlap end on their own. Memory is O(endpoints) a
// rule; a look-up is O(rules).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sim/fabric/fabric.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

using EndpointSet = std::vector<std::uint32_t>;  // endpoint indices

class Links {
 public:
  using RuleId = std::uint64_t;
  explicit Links(Endpoints endpoints) : endpoints_(endpoints) {}

  RuleId partition(const std::vector<EndpointSet>&
                       groups);  // cut between groups; endpoints of no group see everyone
  RuleId cut(const EndpointSet& from, const EndpointSet& to);
  RuleId isolate(const EndpointSet& who, Isolate::Way way);
  RuleId clog(const EndpointSet& from, const EndpointSet& to);
  RuleId slow(const EndpointSet& a, const EndpointSet& b, Duration by);  // both directions
  bool undo(RuleId rule);  // false when it is gone already
  void clear() { rules_.clear(); }

  [[nodiscard]] bool untouched() const { return rules_.empty(); }
  [[nodiscard]] bool is_cut(std::uint32_t from, std::uint32_t to) const;
  [[nodiscard]] bool is_clogged(std::uint32_t from, std::uint32_t to) const;
  [[nodiscard]] Duration extra(std::uint32_t from, std::uint32_t to) const;
  // Every directed link that is cut, for traces; nothing when there are more than 64 endpoints.
  [[nodiscard]] std::vector<std::pair<NodeId, NodeId>> cut_links() const;
  // The given nodes in groups that reach one another both ways, directly: connected components of
  // the links that are neither cut nor clogged, either way.
  [[nodiscard]] std::vector<EndpointSet> groups_of(const EndpointSet& nodes) const;
  // Whether such groups are clusters of their own: all in a group see one another at the usual
  // speed, and nothing passes between two groups.
  [[nodiscard]] bool clear_cut(const std::vector<EndpointSet>& groups) const;

 private:
  enum class Kind : std::uint8_t {
    partition,
    cut,
    isolate_both,
    isolate_in,
    isolate_out,
    clog,
    slow
  };
  struct Rule {
    RuleId id;
    Kind kind;
    std::vector<std::uint8_t>
        label;  // an endpoint; partition: group from 1, 0 in none; else bits: 1 from or who, 2 to
    Duration by;
  };
  RuleId add(Kind kind, std::vector<std::uint8_t> label, Duration by = {});
  [[nodiscard]] std::vector<std::uint8_t> labels(const EndpointSet& first,
                                                 const EndpointSet& second = {}) const;
  static bool cuts(const Rule& rule, std::uint32_t from, std::uint32_t to);

  Endpoints endpoints_;
  std::vector<Rule> rules_;
  RuleId last_ = 0;
};

}  // namespace lockstep::sim
