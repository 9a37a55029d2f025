// Shim: what the links between nodes and their disks should be like, in the words of the fault shim
// of each node (POST /v1/admin/faults), and what of that a node has not been told yet.
//
// Both ends of a cut are told, so that it holds while one of them restarts. Delay, loss and
// duplication are the sender's.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/faults/links.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::processes {

struct LinkState {
  bool cut = false;
  Duration delay;
  Ratio drop, duplicate;
  friend bool operator==(const LinkState&, const LinkState&) = default;
};

class Shim {
 public:
  explicit Shim(const sim::Scenario& scenario);

  // What the links are from here on. `calm`: loss and duplication are over (a heal ends them).
  void want(const sim::Links& links, bool calm);
  // Each write of this node takes so much longer.
  void want_disk(std::uint32_t node, Duration latency) { wanted_disks_[node] = latency; }
  // The bodies to send to a node that has been told of everything before.
  [[nodiscard]] std::vector<std::string> take_untold(std::uint32_t node);
  void forget(std::uint32_t node);  // it starts anew, and knows of nothing

 private:
  using Key = std::pair<std::uint32_t, bool>;  // peer's place, outgoing
  using Links = std::map<Key, LinkState>;      // those that are not perfect

  std::uint32_t nodes_;
  LinkState usual_;
  std::vector<Links> wanted_, told_;
  std::vector<Duration> wanted_disks_, told_disks_;
};

// {"peer":2,"direction":"out","cut":true,…}: one direction of one peer, absent keys mean none.
[[nodiscard]] std::string fault_body(std::uint32_t peer, bool outgoing, const LinkState& state);

}  // namespace lockstep::processes
