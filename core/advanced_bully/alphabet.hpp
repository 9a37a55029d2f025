// What clients ask of a node, what it answers, what must survive a crash and what it reports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/advanced_bully/messages.hpp"
#include "core/audit/trail.hpp"
#include "core/bully/messages.hpp"

namespace lockstep::advanced_bully {

// Unless one is running or a leader is heard.
using bully::StartElection;
// Of a leader: resign in favour of the fittest.
struct HandOver {
  static constexpr std::string_view name = "hand_over";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(HandOver, HandOver) = default;
};
// Of a leader: write to the guarded resource.
struct Guard {
  std::string key;
  std::string value;
  static constexpr std::string_view name = "guard";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Guard&, const Guard&) = default;
};
struct SetHospital {
  bully::Hospital hospital;
  static constexpr std::string_view name = "set_hospital";
  static constexpr void fields(auto& self, auto&& visit) { visit("hospital", self.hospital); }
  friend bool operator==(const SetHospital&, const SetHospital&) = default;
};
using Request = std::variant<StartElection, HandOver, Guard, SetHospital>;

struct Done {
  static constexpr std::string_view name = "done";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Done, Done) = default;
};
struct Guarded {
  fencing::Token token;
  static constexpr std::string_view name = "guarded";
  static constexpr void fields(auto& self, auto&& visit) { visit("token", self.token); }
  friend bool operator==(const Guarded&, const Guarded&) = default;
};
struct NotLeader {
  NodeId leader;  // nobody: not known
  static constexpr std::string_view name = "not_leader";
  static constexpr void fields(auto& self, auto&& visit) { visit("leader", self.leader); }
  friend bool operator==(NotLeader, NotLeader) = default;
};
// A leader without a lease, or with as many actions waiting as it takes.
struct NotNow {
  static constexpr std::string_view name = "not_now";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(NotNow, NotNow) = default;
};
// Too few resources took it; some may have.
struct Doubtful {
  static constexpr std::string_view name = "doubtful";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Doubtful, Doubtful) = default;
};
using Reply = std::variant<Done, Guarded, NotLeader, NotNow, Doubtful>;

// A vote that was given; no other may be given in its epoch.
struct Voted {
  quorum::Vote vote;
  static constexpr std::string_view name = "voted";
  static constexpr void fields(auto& self, auto&& visit) { visit("vote", self.vote); }
  friend bool operator==(const Voted&, const Voted&) = default;
};
// Who led an epoch; older leaders are not followed any more.
struct Ruled {
  Epoch epoch;
  NodeId leader;
  static constexpr std::string_view name = "ruled";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("leader", self.leader);
  }
  friend bool operator==(Ruled, Ruled) = default;
};
// The evidence against a node that votes no more.
struct Struck {
  quorum::Evidence evidence;
  static constexpr std::string_view name = "struck";
  static constexpr void fields(auto& self, auto&& visit) { visit("evidence", self.evidence); }
  friend bool operator==(const Struck&, const Struck&) = default;
};
// What a node knows of its own reliability; a term that a crash ends has failed.
using bully::History;
// On disk an alternative is its place here: add at the end only.
using Record = std::variant<Voted, Ruled, Struck, fencing::Action, audit::Event, audit::Snapshot,
                            History, Weighed>;

// As the plain election has them. Electing: stands, and counts votes. Waiting: leaves it to
// somebody fitter. Each timer belongs to one role, so at most one is pending.
using bully::RoleName;
using bully::Timer;

struct Alphabet {
  using Message = advanced_bully::Message;
  using Request = advanced_bully::Request;
  using Reply = advanced_bully::Reply;
  using Record = advanced_bully::Record;
  using Timer = advanced_bully::Timer;
  using Notice = audit::What;  // what is reported is what the trail keeps
};

}  // namespace lockstep::advanced_bully
