#include "processes/raft_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "processes/json_parts.hpp"
#include "processes/node_process.hpp"
#include "processes/past.hpp"
#include "processes/sightings.hpp"
#include "sim/protocols/raft_clients.hpp"
#include "sim/protocols/raft_format.hpp"

namespace lockstep::processes {

Settings RaftProtocol::settings() const {
  const kv::Config config = sim::server_config(scenario_);
  const kv::Config usual;
  Settings settings;
  const auto flag = [&](const char* key, bool value, bool by_default) {
    if (value != by_default) settings.emplace_back(key, value ? "true" : "false");
  };
  const auto count = [&](const char* key, std::uint64_t value, std::uint64_t by_default) {
    if (value != by_default) settings.emplace_back(key, std::to_string(value));
  };
  const raft::Config& raft = config.raft;
  settings.emplace_back("raft.election_timeout",
                        fmt::format("{}..{}", to_text(raft.election_timeout_low),
                                    to_text(raft.election_timeout_high)));
  settings.emplace_back("raft.heartbeat", to_text(raft.heartbeat));
  flag("raft.pre_vote", raft.pre_vote, usual.raft.pre_vote);
  flag("raft.sticky", raft.sticky, usual.raft.sticky);
  flag("raft.check_quorum", raft.check_quorum, usual.raft.check_quorum);
  flag("raft.check_disk", raft.check_disk, usual.raft.check_disk);
  if (config.reads != usual.reads) settings.emplace_back("raft.reads", name_of(config.reads));
  flag("raft.sessions", config.sessions, usual.sessions);
  count("raft.max_entries_per_message", raft.max_entries_per_message,
        usual.raft.max_entries_per_message);
  count("raft.max_bytes_per_message", raft.max_bytes_per_message, usual.raft.max_bytes_per_message);
  count("raft.max_entries_in_flight", raft.max_entries_in_flight, usual.raft.max_entries_in_flight);
  count("raft.max_bytes_in_flight", raft.max_bytes_in_flight, usual.raft.max_bytes_in_flight);
  count("raft.max_uncommitted_bytes", raft.max_uncommitted_bytes, usual.raft.max_uncommitted_bytes);
  return settings;
}

const Names& RaftProtocol::rules() const {
  static const Names names{"linearizability", "election safety", "state machine safety"};
  return names;
}

const Names& RaftProtocol::unknowable() const {
  static const Names names{"vote_refused", "pre_vote_refused", "append_rejected",
                           "duplicate_suppressed", "records_lost"};
  return names;
}

Settings RaftProtocol::move_in(const Home& home) const {
  const auto pasts = sim::raft_setup(scenario_).durable;
  if (const auto& past = pasts[home.place])
    lay_down_past(home.data, home.cluster, NodeId(home.place + 1), *past);
  return {};
}

NodeStatus RaftProtocol::status_of(const nlohmann::json& status) const {
  NodeStatus read;
  read.role = text_in(status, "role");
  read.term = number_in(status, "term");
  read.leader = number_in(status, "leader");
  const auto log = status.find("log");
  if (log == status.end() || !log->is_object()) return read;
  read.last = number_in(*log, "last");
  read.commit = number_in(*log, "commit");
  return read;
}

NodeEvent RaftProtocol::event_of(const nlohmann::json& event) const {
  NodeEvent read;
  read.number = number_in(event, "number");
  read.term = number_in(event, "term");
  read.kind = text_in(event, "kind");
  read.text = text_in(event, "text");
  return read;
}

void RaftProtocol::order(NodeProcess& node, const std::string& verb) {
  node.command(verb == "campaign" ? "/v1/admin/campaign" : "/v1/admin/transfer", "", [](bool) {});
}

void RaftProtocol::saw(std::uint32_t, const NodeStatus& status) {
  committed_ = std::max(committed_, status.commit);
}

bool RaftProtocol::agreed(const std::vector<sim::EndpointSet>& groups,
                          const std::vector<NodeStatus>& statuses) const {
  for (const auto& group : groups) {
    if (2 * group.size() <= statuses.size()) continue;
    for (const auto leader : group) {
      const NodeStatus& chief = statuses[leader];
      if (chief.role != "leader" || chief.commit == 0 || chief.commit != chief.last) continue;
      if (std::all_of(group.begin(), group.end(), [&](std::uint32_t n) {
            return statuses[n].leader == leader + 1 && statuses[n].term == chief.term;
          }))
        return true;
    }
  }
  return false;
}

std::optional<Instant> RaftProtocol::leader_since(
    const std::vector<sim::TracedFault>& faults) const {
  return look_at(events_, faults, scenario_.nodes).leader_since;
}

void RaftProtocol::part(NodeProcess& node, std::function<void()> done) {
  logs_.read(node, node.place(), std::move(done));
}

Conclusion RaftProtocol::conclude(const std::vector<sim::TracedFault>& faults, Instant ended) {
  Sightings seen = look_at(events_, faults, scenario_.nodes);
  Conclusion conclusion;
  conclusion.witnesses.insert(seen.witnesses.begin(), seen.witnesses.end());
  conclusion.violations = seen.violations;
  for (const auto& text : logs_.differences())
    conclusion.violations.push_back({"state machine safety", text, nobody, ended});
  add_raft_figures(seen, committed_, conclusion.figures);
  conclusion.steps = std::move(seen.steps);
  return conclusion;
}

}  // namespace lockstep::processes
