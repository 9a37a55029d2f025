#include "sim/fuzz/kinds.hpp"
#include "sim/fuzz/treason_draws.hpp"

#include <numeric>
#include <string>
#include <utility>

namespace lockstep::sim {
namespace {

// The nodes in two or three groups of their own, in a random order, and perhaps clients with them.
// Clients that are not named see everyone.
Json draw_split(Dice& dice, const Stage& stage) {
  std::vector<std::uint32_t> order(stage.nodes);
  std::iota(order.begin(), order.end(), 1);
  dice.shuffle(order);
  const std::size_t count = stage.nodes > 3 && dice.one_in(4) ? 3 : 2;
  Json groups = Json::array();
  for (std::size_t g = 0; g < count; ++g) groups.push_back(Json::array());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t group = i < count ? i : dice.below(static_cast<std::uint32_t>(count));
    groups[group].push_back(node_name(order[i]));
  }
  if (stage.clients > 0 && dice.one_in(2)) {
    const std::uint32_t client = dice.between(1, stage.clients);
    groups[dice.below(static_cast<std::uint32_t>(count))].push_back("c" + std::to_string(client));
  }
  return groups;
}

Json draw_partition(Dice& dice, const Stage& stage) {
  const std::uint32_t shape = dice.below(6);
  if (shape >= 4) return draw_split(dice, stage);
  Json first = Json::array(), second = Json::array();
  first.push_back(draw_role(dice, stage));
  if (shape == 0) {  // two that no longer see each other, while everybody else sees both
    second.push_back("any");
  } else {
    if (shape == 1 && stage.nodes > 3) first.push_back("any");
    if (stage.clients > 0 && dice.one_in(2)) first.push_back("c1");
    second.push_back("rest");
  }
  Json groups = Json::array();
  groups.push_back(first);
  groups.push_back(second);
  return groups;
}

Json draw_slow_link(Dice& dice, const Stage& stage) {
  Json slow = draw_ends(dice, stage);
  slow["by"] = dice.span(milliseconds(1), stage.beat * 2);
  return slow;
}

Json draw_isolate(Dice& dice, const Stage& stage) {
  const Json who = draw_node(dice, stage);
  const std::string way = dice.pick({"both", "in", "out"});
  if (way == "both") return who;
  Json isolate = Json::object();
  isolate["who"] = who;
  isolate["way"] = way;
  return isolate;
}

Json draw_slow_disk(Dice& dice, const Stage& stage) {
  Json slow = Json::object();
  slow["who"] = draw_nodes(dice, stage);
  slow["latency"] = dice.span(milliseconds(1), stage.beat * 4);
  return slow;
}

// What is lost, doubled or damaged: of all messages, or of those from or to somebody.
Json draw_burst(Dice& dice, const Stage& stage, const char* key, const Json& value) {
  Json burst = Json::object();
  burst[key] = value;
  switch (stage.nodes > 1 ? dice.below(5) : 0) {
    case 0: break;
    case 1: burst["from"] = draw_role(dice, stage); break;
    case 2: burst["to"] = draw_role(dice, stage); break;
    default: burst.update(draw_ends(dice, stage));
  }
  return burst;
}

Json draw_lose(Dice& dice, const Stage& stage) {
  const char* ratio = dice.pick({"1/10", "1/3", "9/10"});
  return draw_burst(dice, stage, "ratio", ratio);
}

Json draw_duplicate(Dice& dice, const Stage& stage) {
  const char* ratio = dice.pick({"1/10", "1/2", "1/1"});
  return draw_burst(dice, stage, "ratio", ratio);
}

Json draw_corrupt(Dice& dice, const Stage& stage) {
  const char* ratio = dice.pick({"1/100", "1/10", "1/2"});
  return draw_burst(dice, stage, "ratio", ratio);
}

Json draw_reorder(Dice& dice, const Stage& stage) {
  const char* ratio = dice.pick({"1/10", "1/2", "1/1"});
  Json reorder = draw_burst(dice, stage, "ratio", ratio);
  reorder["by"] = dice.span(milliseconds(1), stage.beat * 2);
  return reorder;
}

Json draw_delay(Dice& dice, const Stage& stage) {
  const Duration most = dice.duration(milliseconds(1), stage.beat * 2);
  const std::string by = "uniform " + to_text(most / 4) + ".." + to_text(most);
  return draw_burst(dice, stage, "by", by);
}

Json draw_throttle(Dice& dice, const Stage& stage) {
  Json throttle = Json::object();
  throttle["who"] = draw_nodes(dice, stage);
  throttle["bandwidth"] = dice.pick({"100 kbps", "1 Mbps", "10 Mbps"});
  return throttle;
}

// Once, or again and again while it recovers.
Json draw_bare_crash(Dice& dice, const Stage& stage) {
  const Json who = draw_nodes(dice, stage);
  if (!dice.one_in(5)) return who;
  Json crash = Json::object();
  crash["who"] = who;
  crash["again"] = dice.between(1, 3);
  return crash;
}

// Of the write under way a part is there, or nothing.
Json draw_crash(Dice& dice, const Stage& stage) {
  Json crash = draw_bare_crash(dice, stage);
  if (!dice.one_in(2)) return crash;
  if (!crash.is_object()) {
    Json who = std::move(crash);
    crash = Json::object();
    crash["who"] = std::move(who);
  }
  crash["torn"] = true;
  return crash;
}

Json draw_clock(Dice& dice, const Stage& stage) {
  Json clock = Json::object();
  clock["who"] = draw_nodes(dice, stage);
  const std::uint32_t shape = dice.below(4);
  if (shape != 0) {
    const std::string jump = dice.span(milliseconds(1), stage.beat * 8);
    clock["jump"] = (dice.one_in(2) ? "-" : "") + jump;
  }
  if (shape < 2)
    clock["drift"] =
        dice.pick({"200 ppm", "-200 ppm", "50000 ppm", "-50000 ppm", "400000 ppm", "-400000 ppm"});
  return clock;
}

// All that an adversary may do to Raft: nothing. Said again, a vote may reach another candidate of
// its term, for it names nobody.
Json draw_silent_traitor(Dice& dice, const Stage& stage) {
  Json silent = Json::object();
  if (dice.one_in(2)) silent["ratio"] = "1/2";
  if (dice.one_in(3)) silent["to"] = node_name(dice.between(1, stage.nodes));
  Json deed = Json::object();
  deed["silent"] = silent;
  Json traitor = Json::object();
  traitor["who"] = draw_node(dice, stage);
  traitor["does"] = Json::array({deed});
  return traitor;
}

Json all(Dice&, const Stage&) { return "all"; }

bool overtakes(const Stage& stage) { return !stage.fifo; }
bool has_checksum(const Stage& stage) { return stage.checksum; }

// Left out is what Raft does not survive: wipe, twins, traitors that speak, and damaged frames
// without a checksum.
const std::vector<FaultKind> raft_kinds{
    {"partition", draw_partition, Ending::may, {"heal"}, 2},
    {"cut", draw_ends, Ending::may, {"heal"}, 2},
    {"isolate", draw_isolate, Ending::may, {"heal"}, 2},
    {"swizzle", draw_nodes, Ending::must, {"heal"}, 2},
    {"clog", draw_ends, Ending::may, {"heal"}, 2},
    {"lose", draw_lose, Ending::may, {"heal"}},
    {"duplicate", draw_duplicate, Ending::may, {"heal"}},
    {"corrupt", draw_corrupt, Ending::may, {"heal"}, 1, has_checksum},
    {"reorder", draw_reorder, Ending::may, {"heal"}, 1, overtakes},
    {"delay", draw_delay, Ending::may, {"heal"}},
    {"slow_link", draw_slow_link, Ending::may, {"heal"}, 2},
    {"throttle", draw_throttle, Ending::may, {"heal"}},
    {"slow_disk", draw_slow_disk, Ending::may, {"heal"}},
    {"stall_disk", draw_nodes, Ending::may, {"heal"}},
    {"full_disk", draw_nodes, Ending::may, {"heal"}},
    {"fail_sync", draw_nodes, Ending::may, {"heal", "restart"}},
    {"flip", draw_node, Ending::never, {}, 3, nullptr, true},
    {"misdirect", draw_node, Ending::never, {}, 3, nullptr, true},
    {"crash", draw_crash, Ending::may, {"restart"}},
    {"pause", draw_nodes, Ending::may, {"resume"}},
    {"clock", draw_clock, Ending::may, {}},
    {"traitor", draw_silent_traitor, Ending::must, {}, 2},
    {"campaign", draw_node, Ending::never, {}},
    {"transfer_leadership", draw_node, Ending::never, {}},
    {"heal", all, Ending::never, {}},
    {"restart", all, Ending::never, {}},
};

// A process without a log has no disk to suffer. Left out besides: every traitor, since one that is
// silent or says again what it said before is enough to break Bully's rules.
const std::vector<FaultKind> bully_kinds{
    {"partition", draw_partition, Ending::may, {"heal"}, 2},
    {"cut", draw_ends, Ending::may, {"heal"}, 2},
    {"isolate", draw_isolate, Ending::may, {"heal"}, 2},
    {"swizzle", draw_nodes, Ending::must, {"heal"}, 2},
    {"clog", draw_ends, Ending::may, {"heal"}, 2},
    {"lose", draw_lose, Ending::may, {"heal"}},
    {"duplicate", draw_duplicate, Ending::may, {"heal"}},
    {"corrupt", draw_corrupt, Ending::may, {"heal"}, 1, has_checksum},
    {"reorder", draw_reorder, Ending::may, {"heal"}, 1, overtakes},
    {"delay", draw_delay, Ending::may, {"heal"}},
    {"slow_link", draw_slow_link, Ending::may, {"heal"}, 2},
    {"throttle", draw_throttle, Ending::may, {"heal"}},
    {"crash", draw_bare_crash, Ending::may, {"restart"}},
    {"pause", draw_nodes, Ending::may, {"resume"}},
    {"clock", draw_clock, Ending::may, {}},
    {"start_election", draw_node, Ending::never, {}},
    {"heal", all, Ending::never, {}},
    {"restart", all, Ending::never, {}},
};

// Those of a process with a disk, and its own verbs.
std::vector<FaultKind> advanced_kinds() {
  std::vector<FaultKind> kinds;
  for (const FaultKind& kind : raft_kinds) {
    const std::string_view name = kind.name;
    const bool own = name == "campaign" || name == "transfer_leadership";
    // Nothing here is turned away by a full disk: what cannot be written is not said.
    if (!own && name != "traitor" && name != "full_disk") kinds.push_back(kind);
  }
  for (const char* verb : {"start_election", "hand_over"})
    kinds.push_back({verb, draw_node, Ending::never, {}});
  kinds.push_back({"act", draw_node, Ending::never, {}});
  kinds.push_back({"traitor", draw_traitor, Ending::may, {}, 4, has_culprits});
  kinds.push_back({"twins", draw_twins, Ending::may, {}, 4, has_culprits});
  return kinds;
}

// Those of a process with a disk. Bully counts on those that are up to answer, so nobody is silent.
std::vector<FaultKind> kinds_of_lamport() {
  std::vector<FaultKind> kinds;
  for (const FaultKind& kind : raft_kinds) {
    const std::string_view name = kind.name;
    if (name != "campaign" && name != "transfer_leadership" && name != "traitor")
      kinds.push_back(kind);
  }
  kinds.push_back({"start_election", draw_node, Ending::never, {}});
  return kinds;
}

// Peers have rogues of their own; what an adversary does to one is theirs.
std::vector<FaultKind> kinds_of_flood() {
  std::vector<FaultKind> kinds;
  for (const FaultKind& kind : raft_kinds) {
    const std::string_view name = kind.name;
    const bool own = name == "campaign" || name == "transfer_leadership";
    if (!own && name != "traitor" && name != "full_disk") kinds.push_back(kind);
  }
  for (const char* verb : {"log_out", "log_in"})
    kinds.push_back({verb, draw_node, Ending::never, {"log_in"}});
  return kinds;
}

}  // namespace

const std::vector<FaultKind>& fault_kinds(std::string_view protocol) {
  static const std::vector<FaultKind> advanced_bully_kinds = advanced_kinds();
  static const std::vector<FaultKind> lamport_kinds = kinds_of_lamport();
  static const std::vector<FaultKind> flood_kinds = kinds_of_flood();
  if (protocol == "raft") return raft_kinds;
  if (protocol == "lamport") return lamport_kinds;
  if (protocol == "bully") return bully_kinds;
  if (protocol == "flood") return flood_kinds;
  check(protocol == "advanced_bully", "every protocol has a table of faults");
  return advanced_bully_kinds;
}

Ending ending_of(const FaultKind& kind, const Json& value) {
  const std::string_view name = kind.name;
  // A jump is done at once; a clock that runs wrong must run right in the end.
  if (name == "clock") return value.contains("drift") ? Ending::must : Ending::never;
  if (name == "crash" && value.is_object() && value.contains("again")) return Ending::must;
  return kind.ending;
}

const std::vector<Unreachable>& unreachable(std::string_view protocol) {
  static const std::vector<Unreachable> of_advanced_bully{
      {"forged", "a sender's name is the transport's to prove"},
      {"wiped", "who forgot its votes may vote again"},
      {"disk_full", "what cannot be written is not said, and nothing is turned away"}};
  if (protocol == "advanced_bully") return of_advanced_bully;
  static const std::vector<Unreachable> of_all{
      {"lied", "it survives no liar"},
      {"equivocated", "it survives nobody who says different things"},
      {"forged", "it survives no forged sender"},
      {"twins", "it survives no two under one name"},
  };
  static const std::vector<Unreachable> of_flood{
      {"kept_silent", "rogues misbehave in their own ways"},
      {"lied", "rogues misbehave in their own ways"},
      {"equivocated", "rogues misbehave in their own ways"},
      {"replayed", "rogues misbehave in their own ways"},
      {"forged", "a sender's name is the transport's to prove"},
      {"twins", "a peer has one place in the network"},
      {"wiped", "who lost its files offers none"},
      {"false_manifest", "no rogue makes one up"},
      {"disk_full", "what cannot be written is not offered, and nothing is turned away"}};
  if (protocol == "flood") return of_flood;
  static const auto with = [](std::vector<Unreachable> more) {
    more.insert(more.begin(), of_all.begin(), of_all.end());
    return more;
  };
  static const auto of_raft =
      with({{"wiped", "a member that lost its disk must be removed and added anew"},
            {"replayed", "a vote said again may reach another candidate of its term"}});
  static const auto of_bully = with({{"kept_silent", "Bully counts on those that are up to answer"},
                                     {"replayed", "Bully's messages have no age"}});
  static const auto of_lamport =
      with({{"wiped", "who forgot what it stamped would number anew"},
            {"kept_silent", "Bully counts on those that are up to answer"},
            {"replayed", "Bully's messages have no age"}});
  if (protocol == "lamport") return of_lamport;
  return protocol == "bully" ? of_bully : of_raft;
}

}  // namespace lockstep::sim
