// What the simulator watches among the peers of a flooding search: the rules of queries, witnesses,
// and the figures of a run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/flood/flood.hpp"
#include "sim/check/flood_files.hpp"
#include "sim/check/flood_queries.hpp"
#include "sim/protocols/flood_format.hpp"
#include "sim/protocols/flood_rogue.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

// All that a run of the flooding search is made from, read once.
struct FloodPlan {
  FloodSettings settings;
  FloodSetup setup;
  Graph graph;
};

class FloodWatch {
 public:
  static constexpr bool judges_quiet = false;
  using Alphabet = flood::Alphabet;

  FloodWatch(const Scenario& scenario, const FloodPlan& plan);
  void started(Instant now, NodeId node, const std::vector<flood::Record>& durable);
  void stepped(Instant now, NodeId node, const Rogue& machine, const Event<Alphabet>& event,
               const Effects<Alphabet>& effects);
  void crashed(Instant, NodeId node, const Rogue&);
  [[nodiscard]] bool take_change() { return std::exchange(changed_, false); }
  [[nodiscard]] bool settled(const Cluster<Rogue>& cluster) const;
  void judge_quiet(Instant, const Cluster<Rogue>&) {}
  void finished(Instant now, const Cluster<Rogue>& cluster);
  [[nodiscard]] std::optional<Instant> leader_since() const { return std::nullopt; }
  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }
  void add_witnesses(std::set<std::string>& witnesses) const;
  void add_figures(std::vector<std::pair<std::string, double>>& figures) const;

 private:
  void look_at(const flood::Notice& notice);
  void look_at(NodeId node, const flood::Reply& reply);
  void ask(Instant now, NodeId node, const Requested<flood::Request>& asked);
  void judge_requests(Instant now);
  void collect();

  const FloodPlan& plan_;
  FloodQueries queries_;
  FloodFiles files_;
  Duration farthest_;      // a query and its hits need no longer
  Duration search_takes_;  // at most, once it is open
  Duration fetch_takes_;   // at most, where nothing disturbs it
  bool calm_ = false;      // nothing disturbs the network, and nobody in it misbehaves …
  bool even_ = false;      // … and every link takes equally long
  bool changed_ = false;
  struct Open {
    Instant at;
    std::uint32_t before = 0;  // searches asked of the node earlier
    flood::Request request;
  };
  std::map<std::pair<NodeId, RequestId>, Open> open_;  // not answered yet
  std::map<NodeId, std::uint32_t> load_;               // searches that a node was asked for
  std::map<flood::FileId, std::set<NodeId>> senders_;  // of chunks that came
  std::set<std::string> seen_;
  std::uint64_t fetched_ = 0, sources_dropped_ = 0;
  std::uint64_t searches_ = 0, found_ = 0, dropped_ = 0;
  std::vector<Violation> violations_;
};

}  // namespace lockstep::sim
