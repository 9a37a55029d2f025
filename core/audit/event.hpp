// An event of the audit trail: what one node saw or did, chained to the event before it by that
// one's hash (Haber and Stornetta, "How to time-stamp a digital document", 1991).
//
// Whoever knows the hash of an event knows that neither it nor any event before it has changed
// since. The hash is SHA-256 over the encoding (core/wire/codec.hpp) of sequence, at, what and
// previous, in this order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/audit/election_events.hpp"
#include "core/audit/node_events.hpp"
#include "core/audit/token_events.hpp"
#include "core/base/hash.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::audit {

// Counts the events of one node's trail from 1; 0 is before the first.
using Sequence = Strong<struct SequenceTag>;

// On the wire, and so in every hash, an alternative is its place here: add at the end only.
using What = std::variant<ElectionStarted, ElectionWon, LeaderChanged, NodeFailed, NodeRecovered,
                          HeartbeatMissed, PreemptiveElection, ByzantineDetected, QuorumReached,
                          QuorumFailed, TokenIssued, TokenRefused>;

// The alternatives of What, by their places.
enum class Kind : std::uint8_t {
  election_started,
  election_won,
  leader_changed,
  node_failed,
  node_recovered,
  heartbeat_missed,
  preemptive_election,
  byzantine_detected,
  quorum_reached,
  quorum_failed,
  token_issued,
  token_refused
};
[[nodiscard]] std::string_view name_of(Kind kind);  // that of the alternative
constexpr std::size_t enumerator_count(Kind) { return std::variant_size_v<What>; }
[[nodiscard]] inline Kind kind_of(const What& what) { return static_cast<Kind>(what.index()); }

struct Event {
  Sequence sequence;
  // The node's own clock when it happened: grows within an incarnation, may begin again with one.
  Instant at;
  What what;
  Hash previous;  // of the event before; zero for the first
  static constexpr std::string_view name = "event";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("sequence", self.sequence);
    visit("at", self.at);
    visit("what", self.what);
    visit("previous", self.previous);
  }
  friend bool operator==(const Event&, const Event&) = default;
};

[[nodiscard]] Hash hash_of(const Event& event);

}  // namespace lockstep::audit
