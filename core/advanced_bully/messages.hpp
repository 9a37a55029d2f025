// All that the nodes of an advanced Bully election say to one another.
//
// Every field is a peer's to get wrong. What is signed is believed, and a sender's own name; the
// rest may cost time, and nothing else.
#pragma once

#include <variant>

#include "core/advanced_bully/election_messages.hpp"
#include "core/advanced_bully/leader_messages.hpp"
#include "core/base/machine.hpp"

namespace lockstep::advanced_bully {

// On the wire an alternative is its place here: add at the end only.
using Message = std::variant<Election, Answer, VoteCast, VoteRefused, Coordinator, WhoLeads,
                             Heartbeat, HeartbeatAnswer, HandOverAsked, Resigned, Accusation, Act,
                             ActAccepted, ActRefused, Weighed>;

// Where a world has a channel that never makes a message wait (datagrams), it may go there: twice,
// late and out of order do no harm. All others are worth as much when they are late.
[[nodiscard]] inline bool is_worthless_later(const Message& message) {
  return std::holds_alternative<Heartbeat>(message) ||
         std::holds_alternative<HeartbeatAnswer>(message);
}

}  // namespace lockstep::advanced_bully
