// What a Raft server tells whoever watches: traces, checks, dashboards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/base/describe.hpp"
#include "core/raft/types.hpp"

namespace lockstep::raft {

// Became a follower of `term`, or learned who leads it.
struct BecameFollower {
  Term term;
  NodeId leader;  // nobody while unknown
  static constexpr std::string_view name = "became_follower";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("leader", self.leader);
  }
  friend bool operator==(const BecameFollower&, const BecameFollower&) = default;
};
struct BecamePreCandidate {
  Term term;  // its own, which a pre-vote does not raise
  static constexpr std::string_view name = "became_pre_candidate";
  static constexpr void fields(auto& self, auto&& visit) { visit("term", self.term); }
  friend bool operator==(const BecamePreCandidate&, const BecamePreCandidate&) = default;
};
struct BecameCandidate {
  Term term;
  static constexpr std::string_view name = "became_candidate";
  static constexpr void fields(auto& self, auto&& visit) { visit("term", self.term); }
  friend bool operator==(const BecameCandidate&, const BecameCandidate&) = default;
};
struct BecameLeader {
  Term term;
  static constexpr std::string_view name = "became_leader";
  static constexpr void fields(auto& self, auto&& visit) { visit("term", self.term); }
  friend bool operator==(const BecameLeader&, const BecameLeader&) = default;
};
enum class StepDown : std::uint8_t { higher_term, lost_quorum, stalled_disk, transferred };
constexpr std::string_view name_of(StepDown reason) {
  switch (reason) {
    case StepDown::higher_term: return "higher_term";
    case StepDown::lost_quorum: return "lost_quorum";
    case StepDown::stalled_disk: return "stalled_disk";
    case StepDown::transferred: return "transferred";
  }
  return "?";
}
constexpr std::size_t enumerator_count(StepDown) { return 4; }
// A leader ceased to lead `term`; BecameFollower follows.
struct SteppedDown {
  Term term;  // the one it led
  StepDown reason{};
  static constexpr std::string_view name = "stepped_down";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("reason", self.reason);
  }
  friend bool operator==(const SteppedDown&, const SteppedDown&) = default;
};
// Decided, in memory; the grant leaves when it is durable.
struct VoteCast {
  Term term;
  NodeId candidate;
  static constexpr std::string_view name = "vote_cast";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("candidate", self.candidate);
  }
  friend bool operator==(const VoteCast&, const VoteCast&) = default;
};
// Once per advance: everything up to `index` is committed, as far as this server knows.
struct Committed {
  LogIndex index;
  Term term;  // of the entry there
  static constexpr std::string_view name = "committed";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("index", self.index);
    visit("term", self.term);
  }
  friend bool operator==(const Committed&, const Committed&) = default;
};
// Entries from `from` on conflicted with the leader's and are gone.
struct LogTruncated {
  LogIndex from;
  static constexpr std::string_view name = "log_truncated";
  static constexpr void fields(auto& self, auto&& visit) { visit("from", self.from); }
  friend bool operator==(const LogTruncated&, const LogTruncated&) = default;
};
// Begins to hand the leadership of `term` over; SteppedDown follows, or nothing if it fails.
struct TransferBegan {
  Term term;
  NodeId to;
  static constexpr std::string_view name = "transfer_began";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("to", self.to);
  }
  friend bool operator==(const TransferBegan&, const TransferBegan&) = default;
};
using Notice = std::variant<BecameFollower, BecamePreCandidate, BecameCandidate, BecameLeader,
                            SteppedDown, VoteCast, Committed, LogTruncated, TransferBegan>;

}  // namespace lockstep::raft
