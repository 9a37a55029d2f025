#include "sim/protocols/raft_and_flood_watch.hpp"

#include "core/base/check.hpp"

namespace lockstep::sim {
namespace {

// The cluster as one side alone would be; `side` takes a machine to its part.
template <class Machine, class Side>
Cluster<Machine> part_of(const Cluster<RaftAndFlood>& cluster, const Side& side) {
  Cluster<Machine> part{{}, cluster.groups};
  for (const RaftAndFlood* machine : cluster.machines)
    part.machines.push_back(machine == nullptr ? nullptr : &side(*machine));
  return part;
}
Cluster<kv::Replica> raft_of(const Cluster<RaftAndFlood>& cluster) {
  return part_of<kv::Replica>(
      cluster, [](const RaftAndFlood& both) -> const kv::Replica& { return both.first(); });
}
Cluster<Rogue> flood_of(const Cluster<RaftAndFlood>& cluster) {
  return part_of<Rogue>(cluster,
                        [](const RaftAndFlood& both) -> const Rogue& { return both.second(); });
}

void move_all(std::vector<Violation>& from, std::vector<Violation>& to) {
  for (Violation& violation : from) to.push_back(std::move(violation));
  from.clear();
}

}  // namespace

void RaftAndFloodWatch::started(Instant now, NodeId node,
                                const std::vector<Alphabet::Record>& durable) {
  shares_[node.value() - 1] = {};
  raft_.started(now, node, RaftSide::records(durable));
  flood_.started(now, node, FloodSide::records(durable));
}

void RaftAndFloodWatch::stepped(Instant now, NodeId node, const RaftAndFlood& machine,
                                const Event<Alphabet>& event, const Effects<Alphabet>& effects) {
  RecordShares& shares = shares_[node.value() - 1];
  const auto told = told_of<Alphabet>(shares, event);
  const auto of_raft = RaftSide::effects(effects);
  const auto of_flood = FloodSide::effects(effects);
  for (const auto& effect : effects) {
    const auto* persist = std::get_if<Persist<Alphabet::Record>>(&effect);
    if (persist == nullptr) continue;
    for (const auto& record : persist->records) shares.wrote(record.index(), 1);
  }
  const auto by_raft = RaftSide::event(event, told);
  const auto by_flood = FloodSide::event(event, told);
  check((by_raft || of_raft.empty()) && (by_flood || of_flood.empty()),
        "a side says nothing to what it does not hear");
  if (by_raft) raft_.stepped(now, node, machine.first(), *by_raft, of_raft);
  if (by_flood) flood_.stepped(now, node, machine.second(), *by_flood, of_flood);
  collect();
}

void RaftAndFloodWatch::crashed(Instant now, NodeId node, const RaftAndFlood& machine) {
  raft_.crashed(now, node, machine.first());
  flood_.crashed(now, node, machine.second());
}

bool RaftAndFloodWatch::take_change() {
  const bool raft = raft_.take_change();
  return flood_.take_change() || raft;
}

bool RaftAndFloodWatch::settled(const Cluster<RaftAndFlood>& cluster) const {
  return raft_.settled(raft_of(cluster)) && flood_.settled(flood_of(cluster));
}

void RaftAndFloodWatch::finished(Instant now, const Cluster<RaftAndFlood>& cluster) {
  raft_.finished(now, raft_of(cluster));
  flood_.finished(now, flood_of(cluster));
  collect();
}

void RaftAndFloodWatch::judge_stragglers(Instant now, const Cluster<RaftAndFlood>& cluster) {
  raft_.judge_stragglers(now, raft_of(cluster));
  collect();
}

void RaftAndFloodWatch::collect() {
  move_all(raft_.violations(), violations_);
  move_all(flood_.violations(), violations_);
}

void RaftAndFloodWatch::add_witnesses(std::set<std::string>& witnesses) const {
  raft_.add_witnesses(witnesses);
  flood_.add_witnesses(witnesses);
}

void RaftAndFloodWatch::add_figures(std::vector<std::pair<std::string, double>>& figures) const {
  raft_.add_figures(figures);
  flood_.add_figures(figures);
}

}  // namespace lockstep::sim
