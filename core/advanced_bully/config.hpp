// What an operator or a scenario may choose about the advanced Bully election. Defaults are the
// field notes', for rooms of a hospital that are far apart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/bully/score_config.hpp"
#include "core/fencing/lease.hpp"
#include "core/fencing/resource.hpp"
#include "core/predict/config.hpp"
#include "core/quorum/ballot_box.hpp"
#include "core/quorum/table.hpp"
#include "core/quorum/vote.hpp"

namespace lockstep::advanced_bully {

struct Config {
  quorum::ClusterId cluster{1};
  quorum::Mode mode = quorum::Mode::byzantine;
  std::uint32_t f = 1;                  // how many may be faulty; byzantine only
  std::vector<quorum::Weight> weights;  // of nodes 1, 2, …; empty: 1.0 each
  // Leaders weigh the members anew by their reliability (weighing.hpp); byzantine only.
  bool adapts_weights = true;

  Duration heartbeat = seconds(5);
  // Silence after which the leader counts as dead. While it was heard within two thirds of this
  // nobody votes for another.
  Duration election_timeout = seconds(15);
  Duration answer_timeout = seconds(2);       // for votes and ANSWERs; above the longest round trip
  Duration coordinator_timeout = seconds(5);  // for COORDINATOR after an ANSWER
  fencing::LeaseConfig lease;
  fencing::Limits resource;
  quorum::VoteLimits votes;

  bully::ScoreConfig score;
  // The leader hands back to a follower that is fitter by so much, once it was long enough in
  // office: a node that comes and goes does not take the office with it.
  std::int64_t hysteresis = 100'000;  // thousandths of a point
  Duration min_office = seconds(60);
  // Who resigned, fell silent in office or claimed it in vain is passed over for so long, and a
  // follower asks no second hand-over within it.
  Duration cool_down = seconds(60);
  bool predicts = true;
  predict::Config predict;

  friend bool operator==(const Config&, const Config&) = default;
};

// The same, ten times faster, for rooms on one network.
[[nodiscard]] Config lan();

// Silence after which a leader is heard no more.
[[nodiscard]] inline Duration suspicious(const Config& config) {
  return config.election_timeout * 2 / 3;
}

// The voting table of nodes 1..count before anybody was struck; epoch 0.
[[nodiscard]] quorum::Table base_table(const Config& config, std::uint32_t count);

// What is wrong with a configuration for so many nodes, or nothing: whoever reads one from a file
// or a user asks before building a machine, because the machine only check()s it.
[[nodiscard]] std::string refusal(const Config& config, std::uint32_t count);

}  // namespace lockstep::advanced_bully
