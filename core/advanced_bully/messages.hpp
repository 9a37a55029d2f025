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
                             ActAccepted, ActRefused>;

}  // namespace lockstep::advanced_bully
