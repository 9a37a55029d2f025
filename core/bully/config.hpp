// What an operator or a scenario may choose about the Bully election.
#pragma once

#include <string_view>

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

// What is wrong with a configuration, or nothing: whoever reads one from a file or a user asks
// before building a machine, because the machine only check()s it.
[[nodiscard]] constexpr std::string_view refusal(const Config& config) {
  if (config.heartbeat <= Duration(0)) return "heartbeat must be above 0; try \"100 ms\"";
  if (config.heartbeat_timeout <= config.heartbeat)
    return "heartbeat_timeout must be above heartbeat; a few heartbeats long is usual";
  if (config.answer_timeout <= Duration(0))
    return "answer_timeout must be above 0; make it longer than the longest round trip";
  if (config.coordinator_timeout <= config.answer_timeout)
    return "coordinator_timeout must be above answer_timeout, which the winner still waits out";
  return {};
}

}  // namespace lockstep::bully
