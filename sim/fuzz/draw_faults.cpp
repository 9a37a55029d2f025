// The faults of a scenario: a first phase of them, then everything is undone, or all but what keeps
// a minority away.
#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <string_view>

#include "sim/fuzz/sketch.hpp"
#include "sim/fuzz/treason_draws.hpp"

namespace lockstep::sim {
namespace {

enum class Pace : std::uint8_t { mixed, storm, beat };

struct Phase {
  std::vector<FaultKind> kinds;  // that are on
  std::vector<std::uint32_t> weights;
  Json faults = Json::array();
  std::set<std::string_view> remedies;  // what undoes the kinds that were drawn
  Duration now;
  Pace pace = Pace::mixed;
  bool brief = false;   // faults last about as long as an election
  bool spoils = false;  // disks may be damaged for good
};

// Swarm selection: each kind is on or off as a whole, and those that are on are not equally common.
void choose_kinds(Sketch& sketch, Phase& phase) {
  Dice& dice = sketch.dice;
  while (phase.kinds.empty()) {
    for (const FaultKind& kind : fault_kinds(sketch.scenario["protocol"].get<std::string>())) {
      const bool rare = kind.undone_by.empty() && kind.ending == Ending::never;
      const bool on = dice.one_in(3);
      if (!on || !kind.on(sketch.stage)) continue;
      phase.kinds.push_back(kind);
      phase.weights.push_back(rare ? dice.pick({1u, 2u}) : dice.pick({1u, 2u, 6u}));
    }
  }
}

// Faults come at once one after the other, within an election, or with time to settle between them;
// or all of them in one of these ways.

Duration draw_gap(Dice& dice, Duration beat, Pace pace) {
  if (pace == Pace::beat) return dice.duration(beat / 2, beat * 3);
  switch (dice.below(pace == Pace::storm ? 2 : 3)) {
    case 0: return dice.duration(beat / 1000, beat / 10);
    case 1: return dice.duration(beat / 10, beat * 2);
    default: return dice.duration(beat, beat * 8);
  }
}

Json draw_time(Sketch& sketch, Phase& phase) {
  Dice& dice = sketch.dice;
  const Duration beat = sketch.stage.beat;
  Json fault = Json::object();
  phase.now = phase.now + draw_gap(dice, beat, phase.pace);
  const std::uint32_t shape = dice.below(20);
  if (shape >= 3) {
    fault["at"] = to_text(phase.now);
    return fault;
  }
  const Duration period = dice.duration(beat / 4, beat * 4);
  const Duration until = phase.now + period * dice.between(2, 6);
  if (shape < 2) {
    fault["every"] = to_text(period);
    fault["from"] = to_text(phase.now);
    fault["until"] = to_text(until);
  } else {
    fault["random"] = {
        {"times", dice.between(2, 6)}, {"from", to_text(phase.now)}, {"until", to_text(until)}};
  }
  // Half of the time others strike meanwhile.
  sketch.calm = std::max(sketch.calm, until);
  if (dice.one_in(2)) phase.now = until;
  return fault;
}

void draw_aim(Sketch& sketch) {
  Dice& dice = sketch.dice;
  sketch.stage.aim = dice.pick({Aim::anybody, Aim::anybody, Aim::ruler, Aim::some});
  if (sketch.stage.aim != Aim::some) return;
  for (std::uint32_t i = 0; i < std::min(2u, sketch.stage.nodes); ++i)
    sketch.stage.some.push_back(dice.between(1, sketch.stage.nodes));
}

void draw_fault(Sketch& sketch, Phase& phase) {
  Dice& dice = sketch.dice;
  const FaultKind& kind = phase.kinds[dice.weighted(phase.weights)];
  Json fault = draw_time(sketch, phase);
  fault[kind.name] = kind.draw(dice, sketch.stage);
  const Ending ending = ending_of(kind, fault[kind.name]);
  if (ending == Ending::must || (ending == Ending::may && !dice.one_in(4)))
    fault["for"] = phase.brief ? dice.span(sketch.stage.beat / 2, sketch.stage.beat * 3)
                               : dice.span(milliseconds(1), sketch.stage.beat * 8);
  phase.remedies.insert(kind.undone_by.begin(), kind.undone_by.end());
  phase.spoils = phase.spoils || kind.spoils;
  phase.faults.push_back(fault);
}

void add_at(Phase& phase, Duration at, const char* action, const Json& value) {
  Json fault = Json::object();
  fault["at"] = to_text(at);
  fault[action] = value;
  phase.faults.push_back(fault);
}

// So many at random, by name, and those that are left.
Json draw_minority(Sketch& sketch, std::uint32_t lost, Json& core) {
  std::vector<std::uint32_t> order(sketch.stage.nodes);
  std::iota(order.begin(), order.end(), 1);
  sketch.dice.shuffle(order);
  std::sort(order.begin(), order.begin() + lost);
  std::sort(order.begin() + lost, order.end());
  Json minority = Json::array();
  for (std::uint32_t i = 0; i < sketch.stage.nodes; ++i)
    (i < lost ? minority : core).push_back("n" + std::to_string(order[i]));
  return minority;
}

// Each of them and one of the core, or as many as leave it a majority, do not reach each other; all
// others do. Where every one of the core is somebody's, no leader is heard by all.
void cut_halfway(Sketch& sketch, Phase& phase) {
  sketch.restless = true;
  Json core = Json::array();
  const Json lost = draw_minority(sketch, (sketch.stage.nodes - 1) / 2, core);
  if (sketch.dice.one_in(8)) {  // one of them from the leader alone
    const Json ruler = sketch.stage.roles.front();
    add_at(phase, sketch.calm, "cut", {{"from", lost.front()}, {"to", ruler}});
    return add_at(phase, sketch.calm, "cut", {{"from", ruler}, {"to", lost.front()}});
  }
  const std::size_t most = sketch.dice.one_in(6) ? 1 : (sketch.stage.nodes - 1) / 2;
  for (std::size_t i = 0; i < core.size() && i < most * lost.size(); ++i) {
    const Json one = lost[i % lost.size()];
    add_at(phase, sketch.calm, "cut", {{"from", one}, {"to", core[i]}});
    add_at(phase, sketch.calm, "cut", {{"from", core[i]}, {"to", one}});
  }
}

// Everything is undone, but for a minority that is lost for good.
void leave_core(Sketch& sketch, Phase& phase) {
  Dice& dice = sketch.dice;
  const bool halfway = sketch.guarded && dice.below(7) < 2;
  const bool handover = sketch.scenario["protocol"] == "raft" && dice.one_in(2);
  const std::uint32_t most = (sketch.stage.nodes - 1) / 2;
  Json core = Json::array();
  const Json lost = draw_minority(sketch, handover || dice.one_in(2) ? most : 1, core);
  const bool ruler = !handover && sketch.stage.aim != Aim::some && dice.one_in(2);
  const Json whom = ruler ? Json(sketch.stage.roles.front()) : lost;
  add_at(phase, sketch.calm, "heal", "all");
  const Json back = whom == lost && !halfway ? core : Json("all");
  add_at(phase, sketch.calm, "restart", back);
  add_at(phase, sketch.calm, "resume", back);
  if (handover) {
    // Some peace first, and then whoever is about to take over may be among them.
    sketch.calm = sketch.calm + sketch.stage.beat * dice.between(3, 8);
    add_at(phase, sketch.calm, "transfer_leadership", "leader");
  }
  if (halfway) return cut_halfway(sketch, phase);
  switch (dice.below(sketch.guarded ? 5 : 4)) {
    case 0: add_at(phase, sketch.calm, "crash", whom); break;
    case 1: add_at(phase, sketch.calm, "pause", whom); break;
    case 2: add_at(phase, sketch.calm, "isolate", whom); break;
    default: {
      if (!sketch.guarded) return add_at(phase, sketch.calm, "isolate", whom);
      Json isolate = Json::object();
      sketch.restless = true;
      isolate["who"] = whom;
      isolate["way"] = dice.pick({"in", "out"});
      add_at(phase, sketch.calm, "isolate", isolate);
    }
  }
}

void undo(Sketch& sketch, Phase& phase) {
  const bool late_copies = sketch.scenario["network"].contains("duplicate_by");
  if (late_copies && sketch.dice.one_in(2)) {
    // Who comes back catches up while what was said long ago is still heard.
    add_at(phase, sketch.calm, "restart", "all");
    add_at(phase, sketch.calm, "resume", "all");
    sketch.calm = sketch.calm + sketch.stage.beat * sketch.dice.between(2, 8);
  }
  if (phase.remedies.contains("heal") || sketch.noisy) add_at(phase, sketch.calm, "heal", "all");
  if (phase.remedies.contains("restart") || sketch.scenario.contains("down"))
    add_at(phase, sketch.calm, "restart", "all");
  if (phase.remedies.contains("resume")) add_at(phase, sketch.calm, "resume", "all");
  if (phase.remedies.contains("log_in")) add_at(phase, sketch.calm, "log_in", "all");
}

}  // namespace

void draw_faults(Sketch& sketch) {
  Dice& dice = sketch.dice;
  Phase phase;
  const Json network = sketch.scenario.value("network", Json::object());
  sketch.stage.fifo = network.value("ordering", "any") == "fifo";
  choose_kinds(sketch, phase);
  const Duration beat = sketch.stage.beat;
  phase.pace = dice.pick({Pace::mixed, Pace::storm, Pace::beat});
  phase.brief = dice.one_in(3);
  draw_aim(sketch);
  if (!dice.one_in(3)) phase.now = beat * dice.between(1, 8);  // a leader first, or not even that
  const std::uint32_t most = dice.pick({3u, 16u, 40u});
  const std::uint32_t count = dice.between(1, most);
  for (std::uint32_t i = 0; i < count; ++i) draw_fault(sketch, phase);
  sketch.calm = std::max(sketch.calm, phase.now) + draw_gap(dice, beat, phase.pace);
  if (sketch.owes) {
    // Whose disk is damaged is lost: a minority of these at most, and nobody else besides.
    if (phase.spoils) sketch.scenario["budget"] = "majority";
    if (!phase.spoils && sketch.stage.nodes >= 3 && dice.one_in(2)) {
      leave_core(sketch, phase);
    } else {
      undo(sketch, phase);
    }
  }
  if (!sketch.stage.culprits.empty()) {
    // Somebody betrays them whatever else is drawn.
    const bool twins = dice.one_in(2);
    Json fault = Json::object();
    fault["at"] = dice.span(milliseconds(1), std::max(sketch.calm, milliseconds(2)));
    fault[twins ? "twins" : "traitor"] =
        twins ? draw_twins(dice, sketch.stage) : draw_traitor(dice, sketch.stage);
    phase.faults.push_back(fault);
  }
  if (sketch.stage.acts) {
    // Whoever leads acts as often as it may.
    const Duration often = std::max(beat / 4, milliseconds(1));
    phase.faults.push_back({{"every", to_text(often)},
                            {"until", to_text(std::max(sketch.calm, often * 2))},
                            {"act", "all"}});
  }
  sketch.scenario["faults"] = phase.faults;
}

}  // namespace lockstep::sim
