#include "sim/fuzz/owed.hpp"

#include <algorithm>

#include "sim/fabric/fabric.hpp"
#include "sim/fuzz/harms.hpp"
#include "sim/fuzz/remedies.hpp"
#include "sim/protocols/advanced_bully_format.hpp"
#include "sim/protocols/bully_format.hpp"
#include "sim/protocols/flood_format.hpp"
#include "sim/protocols/lamport_format.hpp"
#include "sim/protocols/raft_format.hpp"

namespace lockstep::sim {
namespace {

// `calm`: nothing is held back any more.
Duration longest_message(const Scenario& scenario, bool calm) {
  const Network& network = scenario.network;
  Duration message = longest_of(network.latency);
  if (network.regions) {
    Duration far;
    for (const auto& row : network.regions->one_way) {
      for (const Duration d : row) far = std::max(far, d);
    }
    message = message + far;
  }
  if (!network.reorder.never() && !calm) message = message + network.reorder_by;
  // A batch of small entries.
  if (network.bandwidth) message = message + transmission_time(16 * 1024, *network.bandwidth);
  return message;
}

// How long clients may take, in the worst case, to ask for something and to ask the right server.
std::optional<Duration> clients_need(const Scenario& scenario, const Harms& harms) {
  const Workload& load = scenario.workload;
  if (load.clients == 0) return Duration(0);
  const Duration walk = (load.attempt_timeout + load.backoff.high) * (2 * scenario.nodes);
  const bool generated =
      !load.operations && (!load.stop || load.stop->since_start() >= scenario.duration);
  if (generated) {
    const Duration gap =
        load.rate
            ? Duration(std::int64_t{10'000'000'000} * load.rate->denominator / load.rate->numerator)
            : load.think;
    // An operation that gives up before the walk is over leaves the rest of it to the next ones.
    return walk + gap * (walk.ns() / std::max<std::int64_t>(load.timeout.ns(), 1) + 1);
  }
  std::optional<Instant> first;
  for (const Operation& operation : load.script) {
    if (operation.at > harms.last && (!first || operation.at < *first)) first = operation.at;
  }
  if (!first || load.timeout < walk) return std::nullopt;
  return *first - harms.last + walk;
}

std::optional<Duration> raft_owes(const Scenario& scenario, const Harms& harms) {
  const RaftSettings settings = raft_settings(scenario);
  const raft::Config& raft = settings.raft;
  const Duration message = longest_message(scenario, harms.calm);
  const Duration disk = longest_of(scenario.disk.latency);
  const Duration spread = raft.election_timeout_high - raft.election_timeout_low;
  const bool quick = message * 4 + disk * 2 + raft.heartbeat <= raft.election_timeout_low &&
                     message * 2 + disk < spread;
  const bool guarded = raft.pre_vote && raft.sticky && raft.check_quorum;
  // An entry beyond the bound is refused for ever.
  const bool fits =
      raft.max_uncommitted_bytes >= scenario.workload.value_bytes + std::uint64_t{200};
  if (!quick || !fits || (harms.one_way && !guarded)) return std::nullopt;
  const auto clients = clients_need(scenario, harms);
  if (!clients) return std::nullopt;
  // Candidates collide now and then, and who comes back may be far behind.
  const Duration elections = raft.election_timeout_high * 12;
  const Duration copies =
      scenario.network.duplicate.never() ? Duration(0) : scenario.network.duplicate_by;
  return elections + (message + disk) * 20 + harms.late + copies + *clients;
}

std::optional<Duration> bully_owes(const Scenario& scenario, const Harms& harms) {
  const bully::Config bully = bully_settings(scenario);
  // What is claimed of a quiet network is claimed between faults as well.
  const Duration message = longest_message(scenario, false);
  const bool quick = message * 2 < bully.answer_timeout &&
                     bully.answer_timeout + message * 2 < bully.coordinator_timeout &&
                     bully.heartbeat + message * 2 < bully.heartbeat_timeout;
  // What was said long ago and is heard again counts as said now.
  const bool late_copies = scenario.network.duplicate_by > Duration(0);
  if (!quick || late_copies || harms.one_way) return std::nullopt;
  return (bully.heartbeat_timeout + bully.answer_timeout + bully.coordinator_timeout) * 2 +
         message * 10 + harms.late;
}

// Whoever is passed over may be the only one that can win, until the cool-down is over.
std::optional<Duration> advanced_bully_owes(const Scenario& scenario, const Harms& harms) {
  const advanced_bully::Config config = advanced_bully_settings(scenario);
  const Duration message = longest_message(scenario, false);
  const Duration disk = longest_of(scenario.disk.latency);
  const bool quick = message * 2 + disk * 2 < config.answer_timeout &&
                     config.heartbeat * 2 + message * 2 < config.election_timeout &&
                     message * 4 + disk < usable(config.lease) - config.lease.renew_every;
  const bool late_copies = scenario.network.duplicate_by > Duration(0);
  if (!quick || late_copies || harms.one_way) return std::nullopt;
  const Duration round = config.answer_timeout + config.coordinator_timeout;
  return config.election_timeout * 2 + config.cool_down + config.lease.length + round * 6 +
         (message + disk) * 10 + harms.late;
}

// A word of a clock that has run ahead waits for the disk.
std::optional<Duration> lamport_owes(const Scenario& scenario, const Harms& harms) {
  const lamport::Config config = lamport_settings(scenario);
  const bully::Config& bully = config.election;
  const Duration way = longest_message(scenario, false) + longest_of(scenario.disk.latency);
  const bool late_copies = scenario.network.duplicate_by > Duration(0);
  const auto clients = clients_need(scenario, harms);
  if (late_copies || harms.one_way || !clients) return std::nullopt;
  const Duration copying = config.sync * 20 + way * 20 + harms.late + *clients;
  if (config.mode == lamport::Mode::multicast) return copying;
  const bool quick = way * 2 < bully.answer_timeout &&
                     bully.answer_timeout + way * 2 < bully.coordinator_timeout &&
                     bully.heartbeat + way * 2 < bully.heartbeat_timeout;
  if (!quick) return std::nullopt;
  return (bully.heartbeat_timeout + bully.answer_timeout + bully.coordinator_timeout) * 2 + copying;
}

// Neighbours that do not answer are lost, strangers are told so, and who was lost is asked again.
std::optional<Duration> flood_owes(const Scenario& scenario, const Harms& harms) {
  const flood::DirectoryConfig directory = flood_settings(scenario).machine.directory;
  const Duration message = longest_message(scenario, false);
  const bool quick = message * 2 < directory.health_check;
  const bool late_copies = scenario.network.duplicate_by > Duration(0);
  if (!quick || late_copies || harms.one_way) return std::nullopt;
  return directory.health_check * (directory.misses + 3) * 3 + directory.backoff_high * 4 +
         message * 10 + harms.late;
}

// The lightest that are left weigh a quorum.
bool elects_without(const Scenario& scenario, std::size_t lost) {
  const quorum::Table table = base_table(advanced_bully_settings(scenario), scenario.nodes);
  std::vector<std::uint64_t> weights;
  for (const quorum::Member& member : table.members) weights.push_back(member.weight.value());
  std::sort(weights.begin(), weights.end());
  std::uint64_t left = 0;
  for (std::size_t i = 0; i + lost < weights.size(); ++i) left += weights[i];
  return left >= table.threshold();
}

bool enough(const Scenario& scenario, const Harms& harms) {
  if (harms.unclear) return false;
  const std::size_t lost = harms.nodes.size() + harms.somebody + harms.spoilt;
  // Bully needs no majority, but those that are left must all see one another.
  if (scenario.protocol == "bully" || scenario.protocol == "flood") return lost < scenario.nodes;
  // In multicast everybody must be there.
  if (scenario.protocol == "lamport" && lamport_settings(scenario).mode == lamport::Mode::multicast)
    return lost == 0;
  if (scenario.protocol == "advanced_bully") return elects_without(scenario, lost);
  return lost * 2 < scenario.nodes;
}

}  // namespace

Instant last_disturbance(const Scenario& scenario) { return harms_of(scenario).last; }

bool leaves_enough(const Scenario& scenario) { return enough(scenario, harms_of(scenario)); }

std::optional<Duration> owed_within(const Scenario& scenario) {
  // Which side keeps the other one waiting, and for how long, nobody has worked out.
  if (scenario.protocol == "raft_and_flood") return std::nullopt;
  const Harms harms = harms_of(scenario);
  const bool lossy = !scenario.network.loss.never() && !harms.calm;
  if (!enough(scenario, harms)) return std::nullopt;
  const auto owed = scenario.protocol == "bully"            ? bully_owes(scenario, harms)
                    : scenario.protocol == "lamport"        ? lamport_owes(scenario, harms)
                    : scenario.protocol == "advanced_bully" ? advanced_bully_owes(scenario, harms)
                    : scenario.protocol == "flood"          ? flood_owes(scenario, harms)
                                                            : raft_owes(scenario, harms);
  if (!owed || !lossy) return owed;
  // One message in ten may be lost, and everything takes several attempts.
  if (std::uint64_t{scenario.network.loss.numerator} * 10 > scenario.network.loss.denominator)
    return std::nullopt;
  return *owed * 3;
}

}  // namespace lockstep::sim
