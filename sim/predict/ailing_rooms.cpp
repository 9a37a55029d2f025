#include "sim/predict/ailing_rooms.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/advanced_bully/config.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

constexpr const char* rooms = R"json({
  "format": 1, "title": "Four rooms and their noise", "protocol": "advanced_bully", "nodes": 4,
  "network": {"loss": "1/100", "reorder": "1/200", "reorder_by": "400 ms"}})json";
constexpr Duration usual_latency = milliseconds(20);
constexpr NodeId patient(4);
constexpr predict::Beat at_rest{
    .latency = {}, .jitter = {}, .cpu_permille = 300, .memory_permille = 400, .missed = 0};

Scenario four_rooms(const RoomsSettings& settings, std::uint64_t seed) {
  return parse_scenario("rooms", rooms,
                        {{"seed", std::to_string(seed)},
                         {"config.profile", std::string(name_of(settings.profile))},
                         {"network.latency", settings.latency}});
}

std::vector<Target> only(NodeId node) { return {{Target::Kind::node, node}}; }

Fault fault(Instant at, FaultAction action, std::optional<Duration> lasts = {}) {
  Fault fault;
  fault.from = at;
  fault.lasts = lasts;
  fault.action = std::move(action);
  return fault;
}

Fault found(NodeId node, const predict::Beat& beat, Instant at) {
  return fault(at, Measure{.who = only(node),
                           .cpu = {beat.cpu_permille, 1000},
                           .memory = {beat.memory_permille, 1000}});
}

Fault late(std::vector<Target> from, std::vector<Target> to, Duration by, Instant at,
           Duration lasts) {
  const Latency constant{Latency::Shape::constant, by, by, 0};
  return fault(at,
               Burst{.kind = Burst::Kind::delay,
                     .from = std::move(from),
                     .to = std::move(to),
                     .ratio = {1, 1},
                     .by = constant},
               lasts);
}

// Shows on n4 and on its links what a source of beats says.
class Patient {
 public:
  Patient(Ailment ailment, Duration interval, Scenario& scenario)
      : ailment_(ailment), interval_(interval), scenario_(scenario) {}

  void shows(const predict::Beat& beat, Instant at, bool ill) {
    scenario_.faults.push_back(found(patient, beat, at));
    if (!ill) return;
    if (ailment_ == Ailment::rising_latency) {
      const Duration by = std::max(beat.latency - usual_latency, Duration(0));
      delay(only(patient), {}, by, at);
      delay({}, only(patient), by, at);
    }
    if (ailment_ == Ailment::growing_jitter) {
      // None comes earlier than the network carries it: those that were late catch up.
      off_ = off_ >= beat.jitter ? off_ - beat.jitter : off_ + beat.jitter;
      delay(only(patient), {}, off_, at);
    }
  }

 private:
  void delay(std::vector<Target> from, std::vector<Target> to, Duration by, Instant at) {
    scenario_.faults.push_back(late(std::move(from), std::move(to), by, at, interval_));
  }

  Ailment ailment_;
  Duration interval_;
  Scenario& scenario_;
  Duration off_;  // its time
};

// When the beat was sent: at a multiple of the interval.
Instant sent(const TimedBeat& heard, Duration interval) {
  const Duration since = heard.at.since_start() - heard.beat.latency;
  return Instant() + interval * (since.ns() / interval.ns());
}

void sort_by_time(std::vector<Fault>& faults) {
  std::stable_sort(faults.begin(), faults.end(),
                   [](const Fault& a, const Fault& b) { return a.from < b.from; });
}

}  // namespace

Duration heartbeat_of(RoomsProfile profile) {
  return profile == RoomsProfile::wan ? advanced_bully::Config{}.heartbeat
                                      : advanced_bully::lan().heartbeat;
}

AilingRooms ailing_rooms(Ailment ailment, const RoomsSettings& settings, std::uint64_t seed) {
  const Duration interval = heartbeat_of(settings.profile);
  AilingRooms ailing{.scenario = four_rooms(settings, seed), .onset = {}, .crash = {}};
  Scenario& scenario = ailing.scenario;
  for (NodeId node(1); node < patient; ++node) scenario.faults.push_back(found(node, at_rest, {}));
  Patient shown(ailment, interval, scenario);
  BeatSource source(interval, seed);
  for (std::int64_t left = Random(mix_seed(seed, 0x111)).between(60, 400); left > 0; --left) {
    const auto heard = source.next();
    shown.shows(heard->beat, sent(*heard, interval), false);
  }
  source.fall_ill(ailment);
  std::optional<Instant> onset;
  while (const auto heard = source.next()) {
    const Instant at = sent(*heard, interval);
    if (!onset) onset = at;
    shown.shows(heard->beat, at, true);
  }
  ailing.onset = *onset;
  ailing.crash = *source.crash();
  scenario.faults.push_back(fault(ailing.crash, Crash{.who = only(patient)}));
  scenario.duration = ailing.crash.since_start();
  return ailing;
}

Scenario healthy_rooms(Duration watched, const RoomsSettings& settings, std::uint64_t seed) {
  const Duration interval = heartbeat_of(settings.profile);
  Scenario scenario = four_rooms(settings, seed);
  for (NodeId node(1); node <= patient; ++node) {
    BeatSource source(interval, mix_seed(seed, node.value()));
    while (const auto heard = source.next()) {
      if (heard->at > Instant() + watched) break;
      scenario.faults.push_back(found(node, heard->beat, sent(*heard, interval)));
    }
  }
  sort_by_time(scenario.faults);
  scenario.duration = watched;
  return scenario;
}

}  // namespace lockstep::sim
