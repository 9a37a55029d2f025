// What a Raft server hears and answers, beside its messages, records and notices.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/machine.hpp"
#include "core/raft/messages.hpp"
#include "core/raft/notices.hpp"
#include "core/raft/types.hpp"

namespace lockstep::raft {

enum class Timer : std::uint8_t { election, heartbeat };
constexpr std::string_view name_of(Timer timer) {
  return timer == Timer::election ? "election" : "heartbeat";
}
constexpr std::size_t enumerator_count(Timer) { return 2; }

// Requests.

// Append a command. Answered at once with Proposed, NotLeader or Busy; Proposed does not say
// committed: that is so when an entry of that term is at that index and commit() reached it.
struct Propose {
  std::string command;
  static constexpr std::string_view name = "propose";
  static constexpr void fields(auto& self, auto&& visit) { visit("command", self.command); }
  friend bool operator==(const Propose&, const Propose&) = default;
};
// Asks from which index on this server's state may answer a linearizable read (ReadIndex,
// dissertation, section 6.4). Answered with ReadReady or NotLeader, or never, if the server stops.
struct Read {
  static constexpr std::string_view name = "read";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Read&, const Read&) = default;
};
// Stand for election at once, without a pre-vote; voters grant it although they hear a leader. A
// leader stays leader. Answered at once with CampaignStarted; what came of it, notices tell.
struct Campaign {
  static constexpr std::string_view name = "campaign";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Campaign&, const Campaign&) = default;
};
// Hand the leadership over to `to`, or, if that is nobody, to the member that is nearest to the end
// of the log (dissertation, section 3.10). Answered at once with TransferStarted, NotLeader, or
// NobodyToLead. Until the transfer is over, an election timeout at most, proposals are Busy.
struct TransferLeadership {
  NodeId to;
  static constexpr std::string_view name = "transfer_leadership";
  static constexpr void fields(auto& self, auto&& visit) { visit("to", self.to); }
  friend bool operator==(const TransferLeadership&, const TransferLeadership&) = default;
};
using Request = std::variant<Propose, Read, Campaign, TransferLeadership>;

// Replies.

struct Proposed {
  LogIndex index;
  Term term;
  static constexpr std::string_view name = "proposed";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("index", self.index);
    visit("term", self.term);
  }
  friend bool operator==(const Proposed&, const Proposed&) = default;
};
// A state that has applied everything up to `index` may answer the read.
struct ReadReady {
  LogIndex index;
  static constexpr std::string_view name = "read_ready";
  static constexpr void fields(auto& self, auto&& visit) { visit("index", self.index); }
  friend bool operator==(const ReadReady&, const ReadReady&) = default;
};
struct NotLeader {
  NodeId leader;  // where to try next; nobody if unknown
  static constexpr std::string_view name = "not_leader";
  static constexpr void fields(auto& self, auto&& visit) { visit("leader", self.leader); }
  friend bool operator==(const NotLeader&, const NotLeader&) = default;
};
// Too many bytes are uncommitted (Config::max_uncommitted_bytes), or a transfer is under way.
// Nothing was appended.
struct Busy {
  static constexpr std::string_view name = "busy";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Busy&, const Busy&) = default;
};
struct CampaignStarted {
  static constexpr std::string_view name = "campaign_started";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const CampaignStarted&, const CampaignStarted&) = default;
};
struct TransferStarted {
  NodeId to;
  static constexpr std::string_view name = "transfer_started";
  static constexpr void fields(auto& self, auto&& visit) { visit("to", self.to); }
  friend bool operator==(const TransferStarted&, const TransferStarted&) = default;
};
// The one it was to be handed to is no other member, or no other member was heard for an election
// timeout. The leader stays.
struct NobodyToLead {
  static constexpr std::string_view name = "nobody_to_lead";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const NobodyToLead&, const NobodyToLead&) = default;
};
using Reply = std::variant<Proposed, ReadReady, NotLeader, Busy, CampaignStarted, TransferStarted,
                           NobodyToLead>;

struct Alphabet {
  using Message = raft::Message;
  using Request = raft::Request;
  using Reply = raft::Reply;
  using Record = raft::Record;
  using Timer = raft::Timer;
  using Notice = raft::Notice;
};

}  // namespace lockstep::raft
