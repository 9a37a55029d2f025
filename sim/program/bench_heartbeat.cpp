#include "sim/program/bench_heartbeat.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <utility>
#include <vector>

#include "core/advanced_bully/advanced_bully.hpp"
#include "core/base/check.hpp"
#include "core/quorum/ideal_scheme.hpp"
#include "sim/predict/beat_source.hpp"

namespace lockstep::sim {
namespace {

using advanced_bully::AdvancedBully;
using advanced_bully::Alphabet;
using advanced_bully::Message;

constexpr std::uint32_t rooms = 4;
constexpr NodeId leader(4);
constexpr Epoch epoch(1);

quorum::Keyring key_of(NodeId node) { return quorum::ideal_keyring(1, node, rooms); }

Event<Alphabet> hear(Message message) { return Received<Message>{leader, std::move(message)}; }

// What makes the leader one.
advanced_bully::Coordinator ruling(const advanced_bully::Config& config) {
  const quorum::TableDigest table = base_table(config, rooms).in(epoch).digest();
  const quorum::Claim claim = bully::claim(epoch, leader, bully::score(config.score, leader, {}));
  advanced_bully::Coordinator ruling{{epoch, leader, table, {}}, {}};
  for (NodeId voter(2); voter <= leader; ++voter)
    ruling.certificate.votes.push_back(quorum::cast({.cluster = config.cluster,
                                                     .epoch = epoch,
                                                     .table = table,
                                                     .claim = claim,
                                                     .cast_at = {},
                                                     .voter = voter},
                                                    key_of(voter)));
  return ruling;
}

AdvancedBully follower() {
  const advanced_bully::Config config;
  AdvancedBully machine(key_of(NodeId(1)), rooms, config, 1);
  Effects<Alphabet> out;
  machine.step({}, Started<advanced_bully::Record>{}, out);
  machine.step({}, hear(ruling(config)), out);
  check(machine.leader() == leader, "a follower believes the certificate");
  return machine;
}

Event<Alphabet> event_of(const predict::Beat& beat, std::uint64_t number) {
  return hear(advanced_bully::Heartbeat{.epoch = epoch,
                                        .number = advanced_bully::BeatNumber(number),
                                        .renewal = {},
                                        .round_trip = beat.latency * 2,
                                        .cpu_permille = beat.cpu_permille,
                                        .memory_permille = beat.memory_permille});
}

}  // namespace

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// The beats are made before the clock starts.
HeartbeatCost measure_heartbeats(int beats) {
  constexpr std::size_t warm_up = 300;  // more than a window
  BeatSource source(advanced_bully::Config{}.heartbeat, 1);
  std::vector<std::pair<Instant, Event<Alphabet>>> heard;
  while (heard.size() < warm_up + static_cast<std::size_t>(beats)) {
    const TimedBeat next = *source.next();
    heard.emplace_back(next.at, event_of(next.beat, heard.size() + 1));
  }
  AdvancedBully machine = follower();
  Effects<Alphabet> out;
  std::vector<double> spent;
  double start = 0;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    if (i == warm_up) start = cpu_seconds();
    out.clear();
    const auto began = std::chrono::steady_clock::now();
    machine.step(heard[i].first, heard[i].second, out);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    check(!out.empty(), "a heartbeat is answered");
    if (i >= warm_up) spent.push_back(took.count());
  }
  HeartbeatCost cost;
  cost.mean_us = (cpu_seconds() - start) * 1e6 / beats;
  std::sort(spent.begin(), spent.end());
  cost.median_us = spent[spent.size() / 2];
  return cost;
}

}  // namespace lockstep::sim
