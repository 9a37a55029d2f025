// What the advanced Bully election needs to be simulated.
#include "core/advanced_bully/advanced_bully.hpp"

#include <set>
#include <utility>

#include "core/quorum/ideal_scheme.hpp"
#include "sim/check/advanced_bully_deeds.hpp"
#include "sim/check/advanced_bully_rules.hpp"
#include "sim/protocols/advanced_bully_format.hpp"
#include "sim/protocols/registry.hpp"
#include "sim/world/no_client.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {
namespace {

using advanced_bully::AdvancedBully;
using advanced_bully::RoleName;

class ElectionWatch {
 public:
  static constexpr bool judges_quiet = true;
  explicit ElectionWatch(const Scenario& scenario)
      : rules_(scenario.nodes),
        deeds_(advanced_bully_settings(scenario), promised_table(scenario),
               quorum::ideal_keyring(scenario.seed, NodeId(1), scenario.nodes), scenario.nodes),
        everybody_(electorate(promised_table(scenario), {})),
        hand_over_(longest_hand_over(advanced_bully_settings(scenario))),
        seen_(scenario.nodes) {
    for (const Fault& fault : scenario.faults) {
      if (const auto* traitor = std::get_if<Traitor>(&fault.action)) exempt(traitor->who);
      if (const auto* twins = std::get_if<Twins>(&fault.action)) exempt(twins->who);
      const auto* disk = std::get_if<DiskFault>(&fault.action);
      if (disk != nullptr &&
          (disk->kind == DiskFault::Kind::flip || disk->kind == DiskFault::Kind::misdirect))
        deeds_.forgive();
    }
  }

  void started(Instant now, NodeId node, const std::vector<advanced_bully::Record>& durable) {
    rules_.started(now, node, durable);
    deeds_.started(node, durable);
    seen_[node.value() - 1] = {};
  }

  void clock_tells(Instant told) { told_ = told; }
  void stepped(Instant now, NodeId node, const AdvancedBully& machine,
               const Event<advanced_bully::Alphabet>& event,
               const Effects<advanced_bully::Alphabet>& effects) {
    if (const auto* durable = std::get_if<Persisted>(&event))
      rules_.told_durable(node, durable->upto);
    const auto resigned_before = resigned_;
    for (const auto& effect : effects) look_at(now, node, effect);
    asked_ += resigned_ != resigned_before && is_asked_to_hand_over(event);
    Seen& before = seen_[node.value() - 1];
    const Seen after{machine.role(), machine.leader(), machine.may_act(told_)};
    deeds_.stepped(now, told_, node, event, effects,
                   {after.leader, machine.epoch(), after.acts, &machine.ruling()});
    for (auto& violation : deeds_.violations()) rules_.violations().push_back(std::move(violation));
    deeds_.violations().clear();
    if (after == before) return;
    coordinators_ += static_cast<int>(after.role == RoleName::coordinator) -
                     static_cast<int>(before.role == RoleName::coordinator);
    if (before.role != RoleName::coordinator && after.role == RoleName::coordinator) {
      changes_ += last_ != nobody && last_ != node;
      last_ = node;
      since_ = now;
    }
    two_ = two_ || coordinators_ > 1;
    before = after;
    changed_ = true;
  }

  void crashed(Instant, NodeId node, const AdvancedBully& machine) {
    coordinators_ -= machine.role() == RoleName::coordinator;
    seen_[node.value() - 1] = {};
    changed_ = true;
  }

  [[nodiscard]] bool take_change() { return std::exchange(changed_, false); }
  [[nodiscard]] bool settled(const Cluster<AdvancedBully>& cluster) const {
    return AdvancedBullyRules::settled(groups({}, cluster));
  }
  // An orderly hand-over takes an election.
  void judge_quiet(Instant now, const Cluster<AdvancedBully>& cluster) {
    if (resigned_ && now - *resigned_ < hand_over_) return;
    rules_.judge_quiet(now, groups(now, cluster));
  }
  void finished(Instant, const Cluster<AdvancedBully>&) {}

  [[nodiscard]] std::optional<Instant> leader_since() const {
    return coordinators_ == 1 ? std::optional(since_) : std::nullopt;
  }
  [[nodiscard]] std::vector<Violation>& violations() { return rules_.violations(); }

  void add_witnesses(std::set<std::string>& witnesses) const {
    const std::pair<bool, const char*> seen[] = {
        {changes_ > 0, "coordinator_changed"}, {two_, "two_coordinators"},
        {failed_ > 0, "quorum_failed"},        {resigned_.has_value(), "handed_over"},
        {predicted_ > 0, "failure_predicted"}, {offences_ > 0, "offender_found"},
        {struck_ > 0, "offender_struck"},      {actions_ > 0, "action_taken"},
        {refused_ > 0, "token_refused"}};
    for (const auto& [was, name] : seen) {
      if (was) witnesses.insert(name);
    }
  }
  void add_figures(std::vector<std::pair<std::string, double>>& figures) const {
    const std::pair<const char*, std::uint64_t> counts[] = {
        {"elections", elections_},          {"coordinator_changes", changes_},
        {"quorums_failed", failed_},        {"failures_predicted", predicted_},
        {"asked_hand_overs", asked_},       {"offences", offences_},
        {"actions_taken", actions_},        {"tokens_refused", refused_},
        {"last_coordinator", last_.value()}};
    for (const auto& [name, count] : counts) figures.emplace_back(name, static_cast<double>(count));
    figures.emplace_back("last_coordinator_ms",
                         last_ == nobody ? 0.0 : since_.since_start().milliseconds());
  }

 private:
  struct Seen {
    RoleName role = RoleName::follower;
    NodeId leader;
    bool acts = false;
    friend bool operator==(const Seen&, const Seen&) = default;
  };

  void exempt(const std::vector<Target>& targets) {
    for (const Target& target : targets) {
      if (target.kind != Target::Kind::node) continue;
      rules_.exempt(target.id);
      deeds_.exempt(target.id);
    }
  }
  static bool is_asked_to_hand_over(const Event<advanced_bully::Alphabet>& event) {
    const auto* received = std::get_if<Received<advanced_bully::Message>>(&event);
    return received != nullptr &&
           std::holds_alternative<advanced_bully::HandOverAsked>(received->message);
  }
  static Duration longest_hand_over(const advanced_bully::Config& config) {
    return (config.answer_timeout + config.coordinator_timeout) * 2;
  }
  void look_at(Instant now, NodeId node, const Effect<advanced_bully::Alphabet>& effect) {
    if (const auto* persist = std::get_if<Persist<advanced_bully::Record>>(&effect)) {
      for (const auto& record : persist->records) {
        rules_.persisted(now, node, record);
        actions_ += std::holds_alternative<fencing::Action>(record);
        struck_ += std::holds_alternative<advanced_bully::Struck>(record);
      }
    } else if (const auto* send = std::get_if<Send<advanced_bully::Message>>(&effect)) {
      if (std::holds_alternative<advanced_bully::Resigned>(send->message)) resigned_ = now;
    } else if (const auto* notify = std::get_if<Notify<audit::What>>(&effect)) {
      look_at(now, node, notify->notice);
    }
  }
  void look_at(Instant now, NodeId node, const audit::What& what) {
    elections_ += std::holds_alternative<audit::ElectionStarted>(what);
    failed_ += std::holds_alternative<audit::QuorumFailed>(what);
    predicted_ += std::holds_alternative<audit::PreemptiveElection>(what);
    offences_ += std::holds_alternative<audit::ByzantineDetected>(what);
    refused_ += std::holds_alternative<audit::TokenRefused>(what);
    if (const auto* won = std::get_if<audit::ElectionWon>(&what))
      rules_.elected(now, node, won->epoch);
  }

  // Whether a group elects is a matter of the weights of all.
  [[nodiscard]] std::vector<ElectionGroup> groups(Instant,
                                                  const Cluster<AdvancedBully>& cluster) const {
    std::vector<ElectionGroup> groups;
    for (const EndpointSet& set : cluster.groups) {
      ElectionGroup& group = groups.emplace_back();
      std::set<NodeId> members;
      for (const auto n : set) {
        const AdvancedBully& machine = *cluster.machines[n];
        const Seen& seen = seen_[n];
        group.members.push_back({NodeId(n + 1), machine.leader(), seen.acts});
        members.insert(NodeId(n + 1));
      }
      group.elects = everybody_.elects(members);
    }
    return groups;
  }

  AdvancedBullyRules rules_;
  AdvancedBullyDeeds deeds_;
  Electorate everybody_;
  Instant told_;  // by the clock of the node that takes a step
  Duration hand_over_;
  std::vector<Seen> seen_;
  NodeId last_;
  Instant since_;
  int coordinators_ = 0;
  bool changed_ = false, two_ = false;
  std::optional<Instant> resigned_;  // latest
  std::uint64_t elections_ = 0, changes_ = 0, failed_ = 0, predicted_ = 0, asked_ = 0,
                offences_ = 0, struck_ = 0, actions_ = 0, refused_ = 0;
};

struct AdvancedBullyProtocol : WithoutClients {
  using Machine = AdvancedBully;
  using Config = advanced_bully::Config;
  using Watch = ElectionWatch;

  static Config config(const Scenario& scenario) { return advanced_bully_settings(scenario); }
  static Machine make(NodeId node, const Scenario& scenario, const Config& config,
                      std::uint64_t seed) {
    return Machine(quorum::ideal_keyring(scenario.seed, node, scenario.nodes), scenario.nodes,
                   config, seed);
  }
  static std::vector<std::vector<advanced_bully::Record>> initial_records(const Scenario&) {
    return {};
  }
  static RoleView role(const Machine& machine) {
    return {name_of(machine.role()), machine.newest().value(), 0};
  }
  static std::string state_text(const Machine& machine) { return to_text(machine); }
  static std::optional<advanced_bully::Request> tell(std::string_view verb) {
    if (verb == "start_election") return advanced_bully::Request(advanced_bully::StartElection{});
    if (verb == "hand_over") return advanced_bully::Request(advanced_bully::HandOver{});
    if (verb == "act") return advanced_bully::Request(advanced_bully::Guard{"bed", "taken"});
    return std::nullopt;
  }
};

}  // namespace

Outcome run_advanced_bully(const Scenario& scenario, Fabric& fabric, const RunOptions& options) {
  return World<AdvancedBullyProtocol>(scenario, fabric, options).run();
}

}  // namespace lockstep::sim
