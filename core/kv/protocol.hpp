// What clients and servers of the store say to one another.
//
// Exactly once (Ongaro's dissertation, section 6.3; RIFL: Lee and others, 2015): a client opens a
// session and numbers its operations in it. A retry keeps its number, so a server that applied it
// before answers from memory. With each request the client says below which number it has all its
// answers; those are forgotten.
#pragma once

#include <string_view>
#include <variant>

#include "core/base/strong.hpp"
#include "core/kv/operation.hpp"

namespace lockstep::kv {

// The log index at which the session was opened: never used twice. 0: none, enough for reads.
using SessionId = Strong<struct SessionIdTag>;
// Counts the operations of a client from 1.
using Serial = Strong<struct SerialTag>;

// Requests.

struct ClientRequest {
  SessionId session;
  Serial serial;
  Serial acknowledged_below;  // <= serial; the client will never again ask for one below it
  Operation operation;
  static constexpr std::string_view name = "client_request";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("session", self.session);
    visit("serial", self.serial);
    visit("acknowledged_below", self.acknowledged_below);
    visit("operation", self.operation);
  }
  friend bool operator==(const ClientRequest&, const ClientRequest&) = default;
};
// A retry may open a second session; the one that nobody uses goes first when there are too many.
struct OpenSession {
  static constexpr std::string_view name = "open_session";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const OpenSession&, const OpenSession&) = default;
};
// An operator asks this server to stand for election at once. A leader stays leader.
struct Campaign {
  static constexpr std::string_view name = "campaign";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Campaign&, const Campaign&) = default;
};
// An operator asks the leader to hand its office over to `to`, or, if that is nobody, to whom it
// finds fittest (raft::TransferLeadership).
struct TransferLeadership {
  NodeId to;
  static constexpr std::string_view name = "transfer_leadership";
  static constexpr void fields(auto& self, auto&& visit) { visit("to", self.to); }
  friend bool operator==(const TransferLeadership&, const TransferLeadership&) = default;
};
using Request = std::variant<ClientRequest, OpenSession, Campaign, TransferLeadership>;

// What the log holds: the same alternatives at the same places, so a request is its own command.
using Command = std::variant<ClientRequest, OpenSession>;

// Replies. Each echoes the serial it answers; 0 where the request has none.

struct Completed {
  Serial serial;
  Result result;
  static constexpr std::string_view name = "completed";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("serial", self.serial);
    visit("result", self.result);
  }
  friend bool operator==(const Completed&, const Completed&) = default;
};
struct SessionOpened {
  SessionId session;
  static constexpr std::string_view name = "session_opened";
  static constexpr void fields(auto& self, auto&& visit) { visit("session", self.session); }
  friend bool operator==(const SessionOpened&, const SessionOpened&) = default;
};
// Not proposed here.
struct NotLeader {
  Serial serial;
  NodeId leader;  // where to try next; nobody if unknown
  static constexpr std::string_view name = "not_leader";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("serial", self.serial);
    visit("leader", self.leader);
  }
  friend bool operator==(const NotLeader&, const NotLeader&) = default;
};
// Not proposed: too much is uncommitted, or the leader is handing its office over.
struct Busy {
  Serial serial;
  static constexpr std::string_view name = "busy";
  static constexpr void fields(auto& self, auto&& visit) { visit("serial", self.serial); }
  friend bool operator==(const Busy&, const Busy&) = default;
};
// Not applied now: the client said that it needs no answer to this serial any more. Whether it was
// applied before is forgotten.
struct Stale {
  Serial serial;
  static constexpr std::string_view name = "stale";
  static constexpr void fields(auto& self, auto&& visit) { visit("serial", self.serial); }
  friend bool operator==(const Stale&, const Stale&) = default;
};
// Not applied now: the session is not there (any more). What was applied in it is forgotten.
struct SessionExpired {
  Serial serial;
  SessionId session;
  static constexpr std::string_view name = "session_expired";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("serial", self.serial);
    visit("session", self.session);
  }
  friend bool operator==(const SessionExpired&, const SessionExpired&) = default;
};
// Proposed, but the server lost its leadership first: it may yet be applied, or never.
struct LeadershipLost {
  Serial serial;
  static constexpr std::string_view name = "leadership_lost";
  static constexpr void fields(auto& self, auto&& visit) { visit("serial", self.serial); }
  friend bool operator==(const LeadershipLost&, const LeadershipLost&) = default;
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
struct NobodyToLead {
  static constexpr std::string_view name = "nobody_to_lead";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const NobodyToLead&, const NobodyToLead&) = default;
};
using Reply = std::variant<Completed, SessionOpened, NotLeader, Busy, Stale, SessionExpired,
                           LeadershipLost, CampaignStarted, TransferStarted, NobodyToLead>;

}  // namespace lockstep::kv
