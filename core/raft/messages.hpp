// What Raft servers say to one another. Granted and refused, accepted and rejected are alternatives
// of their own.
//
// Every message but the pre-vote ones carries its sender's current term; a pre-vote request and its
// grant carry the term the sender would campaign in, which is nobody's current term yet.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "core/base/describe.hpp"
#include "core/raft/types.hpp"

namespace lockstep::raft {

struct PreVoteRequest {
  Term term;  // the term the sender would start
  LogIndex last_index;
  Term last_term;
  static constexpr std::string_view name = "pre_vote_request";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("last_index", self.last_index);
    visit("last_term", self.last_term);
  }
  friend bool operator==(const PreVoteRequest&, const PreVoteRequest&) = default;
};

struct PreVoteGranted {
  Term term;  // of the request
  static constexpr std::string_view name = "pre_vote_granted";
  static constexpr void fields(auto& self, auto&& visit) { visit("term", self.term); }
  friend bool operator==(const PreVoteGranted&, const PreVoteGranted&) = default;
};

struct PreVoteRefused {
  Term term;  // the refuser's own
  static constexpr std::string_view name = "pre_vote_refused";
  static constexpr void fields(auto& self, auto&& visit) { visit("term", self.term); }
  friend bool operator==(const PreVoteRefused&, const PreVoteRefused&) = default;
};

struct VoteRequest {
  Term term;
  LogIndex last_index;
  Term last_term;
  // The voter's leader hands over, or an operator forces the election: that the voter hears a
  // leader is no reason to refuse (dissertation, section 4.2.3).
  bool forced = false;
  static constexpr std::string_view name = "vote_request";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("last_index", self.last_index);
    visit("last_term", self.last_term);
    visit("forced", self.forced);
  }
  friend bool operator==(const VoteRequest&, const VoteRequest&) = default;
};

struct VoteGranted {
  Term term;
  static constexpr std::string_view name = "vote_granted";
  static constexpr void fields(auto& self, auto&& visit) { visit("term", self.term); }
  friend bool operator==(const VoteGranted&, const VoteGranted&) = default;
};

struct VoteRefused {
  Term term;
  static constexpr std::string_view name = "vote_refused";
  static constexpr void fields(auto& self, auto&& visit) { visit("term", self.term); }
  friend bool operator==(const VoteRefused&, const VoteRefused&) = default;
};

// Replication and heartbeat in one (Raft, section 5.3).
struct AppendEntries {
  Term term;
  LogIndex prev_index;  // of the entry before the first one here
  Term prev_term;
  LogIndex commit;  // the leader's
  ReadRound round;  // the newest round of leadership confirmation (dissertation, section 6.4)
  std::vector<Entry> entries;
  static constexpr std::string_view name = "append_entries";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("prev_index", self.prev_index);
    visit("prev_term", self.prev_term);
    visit("commit", self.commit);
    visit("round", self.round);
    visit("entries", self.entries);
  }
  friend bool operator==(const AppendEntries&, const AppendEntries&) = default;
};

// Everything up to `match` equals the leader's log and is durable here.
struct AppendAccepted {
  Term term;
  LogIndex match;
  ReadRound round;  // echoed
  static constexpr std::string_view name = "append_accepted";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("match", self.match);
    visit("round", self.round);
  }
  friend bool operator==(const AppendAccepted&, const AppendAccepted&) = default;
};

// The entry before the first one did not match, or the sender's term is over. `hint` is the last
// place where the logs may still agree as far as the follower can tell: its newest entry not after
// prev_index whose term is not above prev_term.
struct AppendRejected {
  Term term;
  LogIndex prev_index;  // echoed: what was rejected
  LogIndex hint_index;
  Term hint_term;
  ReadRound round;  // echoed
  static constexpr std::string_view name = "append_rejected";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("prev_index", self.prev_index);
    visit("hint_index", self.hint_index);
    visit("hint_term", self.hint_term);
    visit("round", self.round);
  }
  friend bool operator==(const AppendRejected&, const AppendRejected&) = default;
};

// The leader of `term` hands over: whoever hears this stands for election at once (dissertation,
// section 3.10).
struct TimeoutNow {
  Term term;
  static constexpr std::string_view name = "timeout_now";
  static constexpr void fields(auto& self, auto&& visit) { visit("term", self.term); }
  friend bool operator==(const TimeoutNow&, const TimeoutNow&) = default;
};

// On the wire an alternative is its place here: add at the end only.
using Message =
    std::variant<PreVoteRequest, PreVoteGranted, PreVoteRefused, VoteRequest, VoteGranted,
                 VoteRefused, AppendEntries, AppendAccepted, AppendRejected, TimeoutNow>;

// A heartbeat: where a world has a channel that never makes a message wait (datagrams), it may go
// there. All others are worth as much when they are late.
[[nodiscard]] inline bool is_worthless_later(const Message& message) {
  const auto* append = std::get_if<AppendEntries>(&message);
  return append != nullptr && append->entries.empty();
}

}  // namespace lockstep::raft
