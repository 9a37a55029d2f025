// Targets: whom a fault hits, resolved at the instant it strikes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.hpp"
#include "sim/faults/links.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

// What a fault can know of a node.
struct NodeView {
  bool up = false;
  std::string_view role;  // empty while down
  std::uint64_t term = 0;
};

// Resolves the target lists of one fault together: "any" avoids what is named before it, "rest" is
// what nobody named.
class Targets {
 public:
  Targets(Endpoints endpoints, std::vector<NodeView> nodes, Random& random)
      : endpoints_(endpoints), nodes_(std::move(nodes)), random_(&random) {}

  // Sets in the order of `lists`. Nothing when a role is held by nobody or nobody is left to choose
  // from; `missing` says whom.
  std::optional<std::vector<EndpointSet>> resolve(const std::vector<std::vector<Target>>& lists,
                                                  std::string& missing);

 private:
  bool add(const Target& target, EndpointSet& set, std::string& missing);
  bool add_role(std::string_view role, EndpointSet& set, std::string& missing);
  bool add_random(bool live_only, EndpointSet& set, std::string& missing);
  void add_some(std::size_t count, EndpointSet& set);
  void take(std::uint32_t endpoint, EndpointSet& set);

  Endpoints endpoints_;
  std::vector<NodeView> nodes_;
  Random* random_;
  std::vector<bool> named_;
};

// The lists of an action, as resolve() takes them.
[[nodiscard]] std::vector<std::vector<Target>> target_lists(const FaultAction& action);

// "n1 n2 | n3 n4 n5"
[[nodiscard]] std::string describe_groups(const Endpoints& endpoints,
                                          const std::vector<EndpointSet>& groups);
[[nodiscard]] std::string name_of_endpoint(NodeId id);

}  // namespace lockstep::sim
