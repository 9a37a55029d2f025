// What becomes of queries, followed from outside the machines: who heard of each and from whom
// first, who passed it on, how many messages it took, and whether the hits came home.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/flood/flood.hpp"
#include "sim/check/history.hpp"
#include "sim/topology/graph.hpp"

namespace lockstep::sim {

class FloodQueries {
 public:
  struct Bounds {
    std::uint32_t nodes = 0;
    std::uint8_t max_ttl = 0;
    std::uint16_t max_steps = 0;
    Duration seen_for;                              // a query may be passed on again after so long
    std::uint32_t max_hits = 0;                     // of more not all need come home
    std::uint32_t query_rate = 0, query_burst = 0;  // taken from one neighbour
  };
  using Event = lockstep::Event<flood::Alphabet>;

  explicit FloodQueries(const Bounds& bounds);
  // Its steps are not judged, nor the queries it asks.
  void exempt(NodeId node) { exempt_[node.value() - 1] = true; }
  // Clocks run wrong: how long a query was remembered is not known.
  void forgive_memory() { judges_memory_ = false; }

  void started(NodeId node);
  void stepped(Instant now, NodeId node, const flood::Flood& peer, const Event& event,
               const flood::Out& effects);

  // Of floods that began before `settled`: everybody within TTL links has heard, nobody else, with
  // as many messages as the definition of a flood says. REQUIRES: nothing disturbed the network,
  // and all links take equally long.
  void judge_reach(Instant now, Instant settled, const Graph& graph);
  // Of floods that began before `settled`, every hit has come home; a walker may still be on its
  // way. REQUIRES: no message was lost and nobody was away.
  void judge_hits(Instant now, Instant settled);

  struct Sum {
    std::uint64_t queries = 0, messages = 0, repeated = 0, hits = 0;
    std::uint64_t most_reached = 0;   // by one query, the asker among them
    std::uint64_t most_messages = 0;  // of one query
    bool covered_all = false;
  };
  [[nodiscard]] Sum sum() const;
  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }

 private:
  struct Path {
    NodeId asker;
    Instant since;
    flood::Query query;
    std::vector<std::uint32_t> from;  // whom each node heard of it from first; 0: it has not
    std::vector<bool> passed;
    std::uint64_t reached = 1, messages = 0, repeated = 0, hits_made = 0, hits_home = 0;
  };

  void asked(Instant now, NodeId node, const flood::Query& query);
  void heard(Instant now, NodeId node, NodeId from, const flood::Query& query,
             const flood::Out& effects);
  void passed_on(Instant now, NodeId node, NodeId from, const flood::Query& query, Path& path,
                 const flood::Out& effects);
  void sent_hit(Instant now, NodeId node, NodeId to, const flood::Hit& hit, const Event& event,
                const flood::Flood& peer);
  void came_from_rogue(Instant now, NodeId node, NodeId from, const flood::Query& query,
                       const flood::Out& effects);
  [[nodiscard]] Path* find(flood::QueryId query);
  void broke(Instant now, NodeId node, const char* rule, std::string text);

  Bounds bounds_;
  bool judges_memory_ = true;
  std::vector<bool> exempt_;
  struct Storm {
    Instant since;
    std::uint64_t taken = 0;
  };
  std::map<std::pair<NodeId, NodeId>, Storm> storms_;  // by who takes them, and from which rogue
  std::unordered_map<std::uint64_t, std::size_t> places_;  // never iterated
  std::vector<std::unique_ptr<Path>> paths_;               // in the order they began
  std::uint64_t last_id_ = 0;
  Path* last_ = nullptr;
  std::vector<Violation> violations_;
};

}  // namespace lockstep::sim
