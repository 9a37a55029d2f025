// What an operator or a scenario may choose about the Bully election.
#pragma once

#include "core/base/time.hpp"

namespace lockstep::bully {

struct Config {
  Duration heartbeat = milliseconds(100);  // between two of the coordinator's heartbeats, > 0
  Duration heartbeat_timeout =
      milliseconds(500);  // silence after which the coordinator counts as dead, > heartbeat
  Duration answer_timeout =
      milliseconds(200);  // wait for an answer to ELECTION; above the longest round trip
  Duration coordinator_timeout =
      milliseconds(600);  // wait for COORDINATOR after an answer; above answer_timeout
  // The highest id is taken as coordinator from the start, so that a large cluster starts without
  // n^2 messages.
  bool start_with_highest = false;

  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace lockstep::bully
