// What a run tells about itself, one TraceLine a step or a happening; the source of trace.ndjson,
// the report and the story. Filled only when somebody listens; nothing in a run may depend on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::sim {

// One message on its way. Ids are unique in a run; a duplicate travels under an id of its own.
struct TracedSend {
  std::uint64_t id = 0;
  NodeId to;
  std::string name;                // "append_entries"
  std::optional<Instant> arrives;  // none: it never will, see `lost`
  std::string lost;                // "loss", "cut", "corrupt", or "" when it travels or waits
};

// One step of one machine (a node's or a client's).
struct TracedStep {
  std::uint64_t number = 0;  // counts steps from 1
  Instant at;
  NodeId node;
  std::string event;  // "received", "timer_fired", "requested", "persisted", "started"
  std::string name;   // of the message, timer or request
  NodeId from;        // received: the sender
  std::uint64_t message =
      0;             // received, requested: the id of the TracedSend that caused it; 0 if none
  std::string text;  // the event in one line
  std::vector<std::string> effects;  // each in one line, in order
  std::vector<TracedSend> sent;
  std::string role;  // after the step: "leader", "follower", "coordinator", …; "" for clients
  std::uint64_t term = 0;    // term, epoch; 0 where the protocol has none
  std::uint64_t commit = 0;  // commit index; 0 where the protocol has none
  std::string state;         // after the step, in one line
};

// A message that arrived at a node that was down or paused-and-crashed, and was dropped there.
struct TracedDrop {
  Instant at;
  NodeId node;
  std::uint64_t message = 0;
};

// Something the scenario did: `kind` is the action's key in a scenario file, "tell" for a verb of
// the protocol, "heal" for what ends on its own, "skipped".
struct TracedFault {
  Instant at;
  std::string kind;
  std::string text;           // "cut n1 | n2 n3 n4 n5"
  std::vector<NodeId> nodes;  // of what happens to nodes: whom it hit
  std::vector<std::pair<NodeId, NodeId>>
      cut_links;  // every directed link that is cut after this instant
};

// A rule that broke.
struct TracedViolation {
  Instant at;
  std::uint64_t step = 0;
  NodeId node;
  std::string rule;  // "election safety"
  std::string text;
};

using TraceLine = std::variant<TracedStep, TracedDrop, TracedFault, TracedViolation>;

}  // namespace lockstep::sim
