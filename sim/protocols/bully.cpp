// What the plain Bully election needs to be simulated.
#include "core/bully/bully.hpp"

#include <algorithm>

#include "sim/check/bully_rules.hpp"
#include "sim/protocols/bully_format.hpp"
#include "sim/protocols/registry.hpp"
#include "sim/world/no_client.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {
namespace {

using bully::Bully;

class BullyWatch {
 public:
  static constexpr bool judges_quiet = true;
  explicit BullyWatch(const Scenario& scenario) : seen_(scenario.nodes) {}

  void started(Instant, NodeId node, const std::vector<Nothing>&) { seen_[node.value() - 1] = {}; }

  void stepped(Instant now, NodeId node, const Bully& machine, const Event<bully::Alphabet>&,
               const Effects<bully::Alphabet>& effects) {
    for (const auto& effect : effects) count(effect);
    Seen& before = seen_[node.value() - 1];
    const Seen after{machine.role(), machine.coordinator()};
    if (after == before) return;
    const bool was = before.role == bully::RoleName::coordinator;
    const bool is = after.role == bully::RoleName::coordinator;
    if (before.role == bully::RoleName::waiting && after.role == bully::RoleName::electing)
      restarted_ = true;
    if (!was && is) {
      if (last_coordinator_ != nobody && last_coordinator_ != node) ++changes_;
      last_coordinator_ = node;
      since_ = now;
    }
    coordinators_ += static_cast<int>(is) - static_cast<int>(was);
    two_ = two_ || coordinators_ > 1;
    before = after;
    changed_ = true;
  }

  void crashed(Instant, NodeId node, const Bully& machine) {
    if (machine.role() == bully::RoleName::coordinator) --coordinators_;
    seen_[node.value() - 1] = {};
    changed_ = true;
  }

  [[nodiscard]] bool take_change() { return std::exchange(changed_, false); }

  // Every group of nodes that reach one another has one coordinator that all of it follow.
  [[nodiscard]] bool settled(const Cluster<Bully>& cluster) const {
    return rules_.check_quiet(view(cluster)).empty();
  }

  void judge_quiet(Instant now, const Cluster<Bully>& cluster) {
    for (auto& violation : rules_.check_quiet(view(cluster), now)) {
      if (std::find(reported_.begin(), reported_.end(), violation.rule) != reported_.end())
        continue;
      reported_.push_back(violation.rule);
      violations_.push_back(std::move(violation));
    }
  }
  void finished(Instant, const Cluster<Bully>&) {}

  [[nodiscard]] std::optional<Instant> leader_since() const {
    return coordinators_ == 1 ? std::optional(since_) : std::nullopt;
  }
  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }

  void add_witnesses(std::set<std::string>& witnesses) const {
    if (changes_ > 0) witnesses.insert("coordinator_changed");
    if (two_) witnesses.insert("two_coordinators");
    if (restarted_) witnesses.insert("election_restarted");
  }
  void add_figures(std::vector<std::pair<std::string, double>>& figures) const {
    figures.emplace_back("elections", static_cast<double>(elections_));
    figures.emplace_back("election_messages", static_cast<double>(messages_));
    figures.emplace_back("coordinator_changes", static_cast<double>(changes_));
    figures.emplace_back("last_coordinator_ms",
                         last_coordinator_ == nobody ? 0.0 : since_.since_start().milliseconds());
  }

 private:
  struct Seen {
    bully::RoleName role = bully::RoleName::follower;
    NodeId coordinator;
    friend bool operator==(const Seen&, const Seen&) = default;
  };

  void count(const Effect<bully::Alphabet>& effect) {
    if (const auto* send = std::get_if<Send<bully::Message>>(&effect)) {
      messages_ += !std::holds_alternative<bully::Heartbeat>(send->message);
    } else if (const auto* notify = std::get_if<Notify<bully::Notice>>(&effect)) {
      elections_ += std::holds_alternative<bully::ElectionStarted>(notify->notice);
    }
  }
  static BullyView view(const Cluster<Bully>& cluster) {
    BullyView view;
    for (const EndpointSet& group : cluster.groups) {
      view.groups.emplace_back();
      for (const auto n : group) {
        view.groups.back().push_back({NodeId(n + 1), cluster.machines[n]->coordinator()});
      }
    }
    return view;
  }

  BullyRules rules_;
  std::vector<Seen> seen_;
  std::vector<Violation> violations_;
  std::vector<std::string> reported_;
  NodeId last_coordinator_;
  Instant since_;
  int coordinators_ = 0;
  bool changed_ = false, two_ = false, restarted_ = false;
  std::uint64_t elections_ = 0, messages_ = 0, changes_ = 0;
};

struct BullyProtocol : WithoutClients {
  using Machine = Bully;
  using Config = bully::Config;
  using Watch = BullyWatch;

  static Config config(const Scenario& scenario) { return bully_settings(scenario); }
  static Machine make(NodeId node, const Scenario& scenario, const Config& config,
                      std::uint64_t seed) {
    return Bully(node, scenario.nodes, config, seed);
  }
  static std::vector<std::vector<Nothing>> initial_records(const Scenario&) { return {}; }
  static RoleView role(const Machine& machine) { return {name_of(machine.role()), 0, 0}; }
  static std::string state_text(const Machine& machine) { return to_text(machine); }
  static std::optional<bully::Request> tell(std::string_view verb) {
    if (verb == "start_election") return bully::Request(bully::StartElection{});
    return std::nullopt;
  }
};

}  // namespace

Outcome run_bully(const Scenario& scenario, Fabric& fabric, const RunOptions& options) {
  return World<BullyProtocol>(scenario, fabric, options).run();
}

}  // namespace lockstep::sim
