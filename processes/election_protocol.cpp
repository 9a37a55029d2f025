#include "processes/election_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "processes/clock.hpp"
#include "processes/faults.hpp"
#include "processes/json_parts.hpp"
#include "processes/node_process.hpp"
#include "sim/check/advanced_bully_rules.hpp"
#include "sim/protocols/advanced_bully_format.hpp"

namespace lockstep::processes {
namespace {

// Longer than the longest coordinator_timeout of a profile, within which an action ends.
constexpr Duration acts_within = seconds(8);
constexpr Duration shows_within = milliseconds(500);
constexpr const char* bed = "/v1/guarded/bed";

std::string vitals_body(std::uint64_t cpu_permille, std::uint64_t memory_permille) {
  return fmt::format(R"({{"cpu":{:.3f},"memory":{:.3f},"load":0,"disk_latency_ms":0}})",
                     static_cast<double>(cpu_permille) / 1000,
                     static_cast<double>(memory_permille) / 1000);
}

fencing::Token token_in(const nlohmann::json& object) {
  const auto found = object.find("token");
  if (found == object.end() || !found->is_object()) return {};
  return {Epoch(number_in(*found, "epoch")), number_in(*found, "number")};
}

}  // namespace

ElectionProtocol::ElectionProtocol(const sim::Scenario& scenario)
    : config_(sim::advanced_bully_settings(scenario)),
      everybody_(sim::electorate(sim::promised_table(scenario), {})),
      certified_(config_.mode == quorum::Mode::byzantine || config_.mode == quorum::Mode::majority),
      seen_(scenario.nodes),
      trails_(scenario.nodes),
      tokens_(certified_) {
  for (const sim::Fault& fault : scenario.faults)
    acts_ = acts_ || sim::key_of(fault.action) == "act";
  for (Seen& seen : seen_) seen.vitals = vitals_body(100, 300);
}

void ElectionProtocol::greet(NodeProcess& node, std::function<void(bool)> done) {
  node.command("/v1/admin/vitals", seen_.at(node.place()).vitals, std::move(done));
}

NodeStatus ElectionProtocol::status_of(const nlohmann::json& status) const {
  NodeStatus read;
  read.role = text_in(status, "role");
  read.term = number_in(status, "newest");
  read.leader = number_in(status, "leader");
  read.reign = number_in(status, "epoch");
  const auto acts = status.find("may_act");
  read.acts = acts != status.end() && *acts == true;
  const auto struck = status.find("struck");
  if (struck != status.end()) read.struck = static_cast<std::uint32_t>(struck->size());
  return read;
}

// Each kind of event is about one node, by a name of its own.
NodeEvent ElectionProtocol::event_of(const nlohmann::json& event) const {
  NodeEvent read;
  read.number = number_in(event, "sequence");
  read.kind = text_in(event, "kind");
  read.text = text_in(event, "text");
  const auto fields = event.find("fields");
  if (fields == event.end() || !fields->is_object()) return read;
  read.term = std::max(number_in(*fields, "epoch"), token_in(*fields).epoch.value());
  for (const char* name :
       {"by", "winner", "after", "node", "leader", "culprit", "candidate", "holder"})
    read.about = std::max(read.about, number_in(*fields, name));
  return read;
}

void ElectionProtocol::order(NodeProcess& node, const std::string& verb) {
  if (verb == "act") return act(node);
  if (verb == "start_election") return node.command("/v1/election/start", "", [](bool) {});
  node.command("/v1/admin/hand_over", "", [this](bool yes) { resigned_ = resigned_ || yes; });
}

void ElectionProtocol::act(NodeProcess& node) {
  node.post(bed, "taken", acts_within,
            [this, &node, asked = node.now()](const net::HttpResult& result) {
              if (result.status != 200) return;
              const auto answer = nlohmann::json::parse(result.body, nullptr, false);
              if (answer.is_object()) tokens_.answered(asked, node.now(), token_in(answer));
            });
}

void ElectionProtocol::measured(NodeProcess& node, const sim::Measure& found) {
  Seen& seen = seen_.at(node.place());
  seen.vitals = vitals_body(permille(found.cpu), permille(found.memory));
  node.command("/v1/admin/vitals", seen.vitals, [](bool) {});
}

void ElectionProtocol::launched(std::uint32_t node) {
  Seen& seen = seen_.at(node);
  seen.asking = false;
  seen.floor = std::max(seen.floor, trails_.newest_epoch(node));
}

void ElectionProtocol::ended(std::uint32_t node) {
  seen_.at(node).status = {};
  seen_.at(node).reigns.reset();
}

void ElectionProtocol::saw(std::uint32_t node, const NodeStatus& status) {
  Seen& seen = seen_.at(node);
  const NodeStatus before = std::exchange(seen.status, status);
  struck_ = struck_ || status.struck > 0;
  if (status.term < seen.floor)
    violations_.push_back({"epoch goes back",
                           fmt::format("n{} is in epoch {} after a restart, and was in {}",
                                       node + 1, status.term, seen.floor),
                           NodeId(node + 1), status.at});
  seen.floor = std::min(seen.floor, status.term);  // once is enough
  const bool leads = status.role == "coordinator";
  if (leads) reigns_.seen(node, status.reign, status.at);
  if (!leads) seen.reigns.reset();
  if (leads && (before.role != status.role || before.reign != status.reign))
    seen.reigns = status.at;
  if (before.role != status.role)
    roles_.push_back({status.at, node, status.term, seen_role, status.role});
}

void ElectionProtocol::look_closer(NodeProcess& node) {
  Seen& seen = seen_.at(node.place());
  if (!acts_ || std::exchange(seen.asking, true)) return;
  node.fetch(bed, shows_within, [this, &node, &seen](const net::HttpResult& result) {
    seen.asking = false;
    const auto* const header = result.header("x-fencing-token");
    const auto token = header == nullptr ? std::nullopt : token_of(*header);
    if (result.status == 200 && token) tokens_.kept(node.now(), node.place(), *token);
  });
}

bool ElectionProtocol::agreed(const std::vector<sim::EndpointSet>& groups,
                              const std::vector<NodeStatus>& statuses) const {
  std::vector<sim::ElectionGroup> elections;
  for (const auto& set : groups) {
    sim::ElectionGroup& group = elections.emplace_back();
    std::set<NodeId> members;
    for (const auto n : set) {
      const NodeStatus& status = statuses[n];
      group.members.push_back(
          {NodeId(n + 1), NodeId(static_cast<std::uint32_t>(status.leader)), status.acts});
      members.insert(NodeId(n + 1));
    }
    group.elects = everybody_.elects(members);
    if (group.elects && std::any_of(set.begin(), set.end(), [&](std::uint32_t n) {
          return statuses[n].reign != statuses[set.front()].reign;
        }))
      return false;
  }
  return sim::AdvancedBullyRules::settled(elections);
}

std::optional<Instant> ElectionProtocol::leader_since(const std::vector<sim::TracedFault>&) const {
  std::optional<Instant> since;
  for (const Seen& seen : seen_) {
    if (!seen.reigns) continue;
    if (since) return std::nullopt;
    since = seen.reigns;
  }
  return since;
}

void ElectionProtocol::look_at_disk(const Home& home, const Clock& clock, Instant ended) {
  trails_.look_at(home.place, home.data + "/audit.db", ended,
                  [&](const std::string& json, Instant at) {
                    NodeEvent event = event_of(nlohmann::json::parse(json));
                    event.at = clock.instant_of(at);
                    return event;
                  });
}

Conclusion ElectionProtocol::conclude(const std::vector<sim::TracedFault>& faults, Instant) {
  std::vector<NodeEvent> events = trails_.all();
  events.insert(events.end(), roles_.begin(), roles_.end());
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  Conclusion found =
      look_at_election(std::move(events), faults, static_cast<std::uint32_t>(seen_.size()),
                       certified_ ? Elections::certified : Elections::free);
  if (reigns_.two_at_once()) found.witnesses.insert("two_coordinators");
  if (resigned_) found.witnesses.insert("handed_over");
  if (struck_) found.witnesses.insert("offender_struck");
  if (tokens_.any()) found.witnesses.insert("action_taken");
  found.figures.emplace_back("actions_answered", static_cast<double>(tokens_.answers()));
  for (const auto& more : {violations_, trails_.violations(), tokens_.violations()})
    found.violations.insert(found.violations.end(), more.begin(), more.end());
  return found;
}

}  // namespace lockstep::processes
