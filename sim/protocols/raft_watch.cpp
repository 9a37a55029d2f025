#include "sim/protocols/raft_watch.hpp"

#include <algorithm>
#include <cmath>

namespace lockstep::sim {
namespace {

RaftView view_of(const raft::Raft& raft) {
  return {.term = raft.term(),
          .vote = raft.vote(),
          .role = raft.role(),
          .commit = raft.commit(),
          .last_index = raft.log().last_index(),
          .last_term = raft.log().last_term()};
}

// What a step wrote, in order; `joined` holds it where it was more than one write.
std::span<const raft::Record> written_by(const Effects<kv::Replica::Alphabet>& effects,
                                         std::vector<raft::Record>& joined) {
  const std::vector<raft::Record>* first = nullptr;
  for (const auto& effect : effects) {
    const auto* persist = std::get_if<Persist<raft::Record>>(&effect);
    if (persist == nullptr) continue;
    if (first != nullptr && joined.empty()) joined = *first;
    if (first != nullptr)
      joined.insert(joined.end(), persist->records.begin(), persist->records.end());
    else
      first = &persist->records;
  }
  if (first == nullptr) return {};
  return joined.empty() ? *first : joined;
}

}  // namespace

RaftWatch::RaftWatch(const Scenario& scenario)
    : rules_(scenario.nodes),
      roles_(scenario.nodes, raft::RoleName::follower),
      grown_(scenario.nodes) {}

void RaftWatch::started(Instant now, NodeId node, const std::vector<raft::Record>& durable) {
  rules_.started(now, node, durable);
  roles_[node.value() - 1] = raft::RoleName::follower;
}

void RaftWatch::role_changed(NodeId node, raft::RoleName before, raft::RoleName after) {
  const bool led = before == raft::RoleName::leader;
  const bool leads = after == raft::RoleName::leader;
  leaders_now_ += static_cast<int>(leads) - static_cast<int>(led);
  two_leaders_ = two_leaders_ || leaders_now_ > 1;
  if (led && !leads && node == newest_leader_) newest_leads_ = false;
  changed_ = true;
}

void RaftWatch::stepped(Instant now, NodeId node, const kv::Replica& machine,
                        const Event<Alphabet>& event, const Effects<Alphabet>& effects) {
  const raft::Raft& raft = machine.raft();
  std::vector<raft::Record> joined;
  const std::span<const raft::Record> persisted = written_by(effects, joined);
  for (const auto& effect : effects) {
    if (const auto* send = std::get_if<Send<raft::Message>>(&effect)) {
      look_at(*send);
    } else if (const auto* notify = std::get_if<Notify<raft::Notice>>(&effect)) {
      look_at(now, node, notify->notice);
    } else if (const auto* answer = std::get_if<Answer<kv::Reply>>(&effect)) {
      look_at(event, *answer);
    }
  }
  raft::RoleName& role = roles_[node.value() - 1];
  if (role != raft.role()) {
    role_changed(node, role, raft.role());
    role = raft.role();
  }
  if (Grown& grown = grown_[node.value() - 1]; grown.commit != raft.commit())
    grown = {raft.commit(), now};
  if (const auto* durable = std::get_if<Persisted>(&event))
    rules_.told_durable(node, durable->upto);
  rules_.stepped(now, node, view_of(raft), persisted);
  for (const auto& effect : effects) {
    if (const auto* send = std::get_if<Send<raft::Message>>(&effect))
      rules_.sent(now, node, send->to, send->message);
  }
  if (rules_.found()) violations_ = rules_.take();
}

void RaftWatch::look_at(const Send<raft::Message>& send) {
  vote_refused_ = vote_refused_ || std::holds_alternative<raft::VoteRefused>(send.message);
  pre_vote_refused_ =
      pre_vote_refused_ || std::holds_alternative<raft::PreVoteRefused>(send.message);
  rejected_ = rejected_ || std::holds_alternative<raft::AppendRejected>(send.message);
}

void RaftWatch::look_at(Instant now, NodeId node, const raft::Notice& notice) {
  changed_ = true;
  if (const auto* leader = std::get_if<raft::BecameLeader>(&notice)) {
    ++leaders_;
    leader_changed_ = leader_changed_ || (newest_leader_ != nobody && newest_leader_ != node);
    if (leader->term >= newest_term_) {
      newest_leader_ = node;
      newest_term_ = leader->term;
      newest_leads_ = true;
      elected_ = now;
    }
    if (!first_elected_) first_elected_ = now;
  } else if (std::holds_alternative<raft::BecameCandidate>(notice)) {
    ++candidacies_;
    split_vote_ = split_vote_ || roles_[node.value() - 1] == raft::RoleName::candidate;
  } else if (const auto* committed = std::get_if<raft::Committed>(&notice)) {
    committed_ = std::max(committed_, committed->index);
  }
  overwritten_ = overwritten_ || std::holds_alternative<raft::LogTruncated>(notice);
  if (const auto* down = std::get_if<raft::SteppedDown>(&notice)) {
    stepped_down_ = true;
    transferred_ = transferred_ || down->reason == raft::StepDown::transferred;
    disk_stalled_ = disk_stalled_ || down->reason == raft::StepDown::stalled_disk;
  }
}

void RaftWatch::look_at(const Event<Alphabet>& event, const Answer<kv::Reply>& answer) {
  if (std::holds_alternative<kv::NotLeader>(answer.reply)) not_leader_ = true;
  // A write answered in the very step that brought it was done before.
  const auto* requested = std::get_if<Requested<kv::Request>>(&event);
  if (requested == nullptr || !std::holds_alternative<kv::Completed>(answer.reply)) return;
  const auto* request = std::get_if<kv::ClientRequest>(&requested->request);
  if (request != nullptr && requested->id == answer.id && !kv::is_read(request->operation))
    duplicate_ = true;
}

void RaftWatch::crashed(Instant, NodeId node, const kv::Replica&) {
  raft::RoleName& role = roles_[node.value() - 1];
  if (role != raft::RoleName::follower) role_changed(node, role, raft::RoleName::follower);
  role = raft::RoleName::follower;
  changed_ = true;
}

bool RaftWatch::settled(const Cluster<kv::Replica>& cluster) const {
  if (newest_leader_ == nobody) return false;
  const auto* leader = cluster.machines[newest_leader_.value() - 1];
  if (leader == nullptr || leader->raft().role() != raft::RoleName::leader) return false;
  const raft::Raft& raft = leader->raft();
  if (raft.commit() == raft::LogIndex() || raft.log().term_at(raft.commit()) != raft.term())
    return false;
  for (const EndpointSet& group : cluster.groups) {
    if (std::find(group.begin(), group.end(), newest_leader_.value() - 1) == group.end()) continue;
    return std::all_of(group.begin(), group.end(), [&](std::uint32_t n) {
      return cluster.machines[n]->raft().leader() == newest_leader_ &&
             cluster.machines[n]->raft().term() == raft.term();
    });
  }
  return false;
}

void RaftWatch::finished(Instant now, const Cluster<kv::Replica>& cluster) {
  for (std::uint32_t n = 0; n < cluster.machines.size(); ++n) {
    if (cluster.machines[n] == nullptr) continue;
    const raft::Log& log = cluster.machines[n]->raft().log();
    rules_.finished(
        now, NodeId(n + 1), log.last_index(),
        [&log](raft::LogIndex index) -> const raft::Entry& { return log.entry(index); });
  }
  for (auto& violation : rules_.take()) violations_.push_back(std::move(violation));
}

void RaftWatch::judge_stragglers(Instant now, const Cluster<kv::Replica>& cluster) {
  for (const EndpointSet& group : cluster.groups) {
    if (std::find(group.begin(), group.end(), newest_leader_.value() - 1) == group.end()) continue;
    for (const std::uint32_t n : group) {
      const raft::LogIndex commit = cluster.machines[n]->raft().commit();
      const bool moves = now - grown_[n].at < (now - quiet_at_) / 2;
      if (commit >= quiet_commit_ || moves) continue;
      violations_.push_back({"follower left behind",
                             "n" + std::to_string(n + 1) + " has commit index " + to_text(commit) +
                                 " in the end, and " + to_text(quiet_commit_) +
                                 " was committed when everything had become quiet",
                             NodeId(n + 1), now});
    }
  }
}

void RaftWatch::add_witnesses(std::set<std::string>& witnesses) const {
  const std::pair<bool, const char*> seen[] = {
      {leader_changed_, "leader_changed"},      {split_vote_, "split_vote"},
      {overwritten_, "entries_overwritten"},    {two_leaders_, "stale_leader"},
      {vote_refused_, "vote_refused"},          {pre_vote_refused_, "pre_vote_refused"},
      {stepped_down_, "leader_stepped_down"},   {rejected_, "append_rejected"},
      {duplicate_, "duplicate_suppressed"},     {not_leader_, "not_leader_answered"},
      {transferred_, "leadership_transferred"}, {disk_stalled_, "leader_disk_stalled"}};
  for (const auto& [was, name] : seen) {
    if (was) witnesses.insert(name);
  }
}

void RaftWatch::add_figures(std::vector<std::pair<std::string, double>>& figures) const {
  const double none = std::nan("");
  figures.emplace_back("candidacies", static_cast<double>(candidacies_));
  figures.emplace_back("leaders_elected", static_cast<double>(leaders_));
  figures.emplace_back("highest_term", static_cast<double>(newest_term_.value()));
  figures.emplace_back("first_leader_ms",
                       first_elected_ ? first_elected_->since_start().milliseconds() : none);
  figures.emplace_back("stable_leader_ms",
                       newest_leads_ ? elected_.since_start().milliseconds() : none);
  figures.emplace_back("entries_committed", static_cast<double>(committed_.value()));
}

}  // namespace lockstep::sim
