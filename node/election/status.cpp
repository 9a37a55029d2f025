// ElectionApi, status: what this member is, knows and measures.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/text/to_text.hpp"
#include "node/config/described_json.hpp"
#include "node/election/api.hpp"

namespace lockstep::node {
namespace {

// Of the machine's clock, which is that of the wall.
std::string time_text(Instant at) {
  const auto ms = at.ns() / 1'000'000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000);
}

Json id_or_null(NodeId id) { return id == nobody ? Json() : Json(id.value()); }

Json members_json(const Config& config, const advanced_bully::AdvancedBully& machine) {
  const quorum::Table table = machine.electorate();
  Json members = Json::array();
  for (const Member& member : config.members) {
    const auto* voter = table.find(member.id);
    members.push_back({{"id", member.id.value()},
                       {"weight", voter == nullptr ? 0 : voter->weight.value()},
                       {"struck", voter == nullptr}});
  }
  return members;
}

Json struck_json(const advanced_bully::AdvancedBully& machine) {
  Json struck = Json::array();
  for (const quorum::Evidence& evidence : machine.struck()) {
    struck.push_back({{"node", evidence.voter.value()},
                      {"offence", name_of(evidence.offence)},
                      {"epoch", evidence.votes.front().ballot.epoch.value()},
                      {"evidence", to_text(evidence)}});
  }
  return struck;
}

Json score_json(const advanced_bully::AdvancedBully& machine, Instant now) {
  const bully::Breakdown breakdown = machine.breakdown(now);
  return {{"total", bully::total(breakdown)}, {"factors", described_json(breakdown)}};
}

Json vitals_json(const Vitals& vitals, const VitalsOverrides& overrides) {
  Json set = Json::array();
  for (const auto name : overrides.names()) set.push_back(name);
  return {{"cpu", vitals.cpu_permille},
          {"memory", vitals.memory_permille},
          {"load", vitals.load_permille},
          {"disk_latency_us", vitals.disk_latency.ns() / 1000},
          {"set", std::move(set)}};
}

Json audit_json(const Election& election) {
  const auto status = election.audit_status();
  const auto& trail = election.machine().trail();
  return {{"last", trail.last().value()},      {"head", trail.head().hex()},
          {"written", status.written.value()}, {"waiting", status.waiting},
          {"dropped", status.dropped},         {"behind", status.behind},
          {"problem", status.problem}};
}

}  // namespace

std::string ElectionApi::status_json() const {
  const auto& machine = election_.machine();
  const auto& config = election_.machine_config();
  const Instant now = election_.now();
  const quorum::Table table = machine.electorate();
  const auto until = machine.lease_until();
  const auto heard = machine.heard();
  const bool leads = machine.role() == advanced_bully::RoleName::coordinator;
  return dumped({{"node", config_.id.value()},
                 {"time", time_text(now)},
                 {"role", name_of(machine.role())},
                 {"leader", id_or_null(machine.leader())},
                 {"epoch", machine.epoch().value()},
                 {"newest", machine.newest().value()},
                 {"mode", name_of(table.mode)},
                 {"f", table.f},
                 {"threshold", table.threshold()},
                 {"total", table.total()},
                 {"members", members_json(config_, machine)},
                 {"token", leads ? described_json(machine.token()) : Json()},
                 {"may_act", machine.may_act(now)},
                 {"lease_ms", until ? Json(std::max((*until - now).milliseconds(), 0.0)) : Json()},
                 {"leader_heard_ms", heard ? Json((now - *heard).milliseconds()) : Json()},
                 {"score", score_json(machine, now)},
                 {"prediction", described_json(machine.assessment())},
                 {"vitals", vitals_json(election_.vitals(), election_.overrides())},
                 {"hospital", described_json(election_.overrides().hospital())},
                 {"struck", struck_json(machine)},
                 {"seen", described_json(machine.resource().seen())},
                 {"audit", audit_json(election_)},
                 {"timers",
                  {{"heartbeat_ms", config.heartbeat.milliseconds()},
                   {"election_ms", config.election_timeout.milliseconds()},
                   {"lease_ms", config.lease.length.milliseconds()}}}});
}

void ElectionApi::add_metrics(Exposition& out) const {
  const auto& machine = election_.machine();
  const auto gauge = [&](const char* name, const char* help, double number) {
    out.metric(name, "gauge", help);
    out.value(number);
  };
  const Instant now = election_.now();
  const auto until = machine.lease_until();
  gauge("lockstep_election_epoch", "Epoch of the newest leader known.",
        static_cast<double>(machine.epoch().value()));
  gauge("lockstep_election_is_leader", "1 while this member leads.",
        machine.role() == advanced_bully::RoleName::coordinator ? 1 : 0);
  gauge("lockstep_election_has_leader", "1 while this member knows a leader.",
        machine.leader() != nobody ? 1 : 0);
  gauge("lockstep_election_may_act", "1 while this member leads and has a lease.",
        machine.may_act(now) ? 1 : 0);
  gauge("lockstep_election_lease_seconds", "What is left of this leader's lease.",
        until ? std::max((*until - now).seconds(), 0.0) : 0);
  gauge("lockstep_election_score_points", "Fitness of this member.",
        static_cast<double>(bully::total(machine.breakdown(now))) / 1000);
  gauge("lockstep_election_failure_ratio", "Probability that the leader fails, as seen from here.",
        machine.assessment().probability / 1000.0);
  gauge("lockstep_election_struck_members", "Members that vote no more.",
        static_cast<double>(machine.struck().size()));
  out.metric("lockstep_election_events_total", "counter", "Events of the audit trail since start.");
  for (std::size_t place = 0; place < enumerator_count(audit::Kind{}); ++place) {
    const auto kind = static_cast<audit::Kind>(place);
    out.value(static_cast<double>(election_.count(kind)),
              fmt::format(R"(kind="{}")", name_of(kind)));
  }
  const auto status = election_.audit_status();
  gauge("lockstep_audit_written_events", "Last event in the audit database.",
        static_cast<double>(status.written.value()));
  out.metric("lockstep_audit_dropped_events_total", "counter",
             "Events that the audit database lacks until the next start.");
  out.value(static_cast<double>(status.dropped));
}

std::string event_json(const audit::Event& event) {
  const Json fields = std::visit([](const auto& what) { return described_json(what); }, event.what);
  return dumped({{"sequence", event.sequence.value()},
                 {"time", time_text(event.at)},
                 {"kind", name_of(audit::kind_of(event.what))},
                 {"text", to_text(event.what)},
                 {"fields", fields}});
}

}  // namespace lockstep::node
