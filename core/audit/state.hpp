// State: what a trail comes to, folded from its events one by one. Snapshot: the state after a
// given event, from which a trail can go on without those before.
//
// Bounded by the cluster, whatever the length of the trail: machines tell of members only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/audit/event.hpp"
#include "core/base/flat_map.hpp"

namespace lockstep::audit {

struct State {
  NodeId leader;                        // after the last change; nobody while unknown
  Epoch epoch;                          // the highest, accusations and refusals aside
  Token token;                          // the highest issued
  FlatMap<NodeId, Instant> down;        // failed and not back, since when
  FlatMap<NodeId, std::string> struck;  // caught as Byzantine, with the first offence
  FlatMap<Kind, std::uint64_t> counts;  // of events; no entry for none
  static constexpr std::string_view name = "state";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("leader", self.leader);
    visit("epoch", self.epoch);
    visit("token", self.token);
    visit("down", self.down);
    visit("struck", self.struck);
    visit("counts", self.counts);
  }
  friend bool operator==(const State&, const State&) = default;
};

void apply(const Event& event, State& state);

// The epoch an event is about, and the node: what queries ask for. 0 and nobody where there is
// none; of two nodes the one that acts or is accused, of two leaders the later.
[[nodiscard]] Epoch epoch_of(const What& what);
[[nodiscard]] NodeId subject_of(const What& what);

// No part of the chain: whoever can change a snapshot can change what it says. It is checked
// against the events it stands for where these are at hand (core/audit/verify.hpp).
struct Snapshot {
  Sequence sequence;  // of the last event in it
  Hash head;          // of that event; zero: it is before the first
  State state;
  static constexpr std::string_view name = "snapshot";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("sequence", self.sequence);
    visit("head", self.head);
    visit("state", self.state);
  }
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

}  // namespace lockstep::audit
