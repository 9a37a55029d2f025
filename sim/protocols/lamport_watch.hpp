// What is seen of a Lamport log from outside: the facts its rules want, witnesses and figures.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/lamport/lamport.hpp"
#include "sim/check/lamport_rules.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

class LamportWatch {
 public:
  static constexpr bool judges_quiet = true;
  using Alphabet = lamport::Alphabet;

  explicit LamportWatch(const Scenario& scenario);
  void started(Instant now, NodeId node, const std::vector<lamport::Record>& durable);
  void stepped(Instant now, NodeId node, const lamport::Lamport& machine,
               const Event<Alphabet>& event, const Effects<Alphabet>& effects);
  void crashed(Instant now, NodeId node, const lamport::Lamport& machine);
  // Of messages between endpoints, by their numbers in the run.
  void sent(std::uint64_t message, std::uint32_t from) { rules_.causes().sent(message, from); }
  void delivered(std::uint64_t message, std::uint32_t to) { rules_.causes().received(message, to); }
  void disturbed() { rules_.disturbed(); }

  [[nodiscard]] bool take_change() { return std::exchange(changed_, false); }
  // Every group of nodes that reach one another has one leader that all of it follow.
  [[nodiscard]] bool settled(const Cluster<lamport::Lamport>& cluster) const;
  void judge_quiet(Instant now, const Cluster<lamport::Lamport>& cluster);
  void finished(Instant, const Cluster<lamport::Lamport>&) {}
  [[nodiscard]] std::optional<Instant> leader_since() const {
    return coordinators_ == 1 ? std::optional(since_) : std::nullopt;
  }
  [[nodiscard]] std::vector<Violation>& violations() { return rules_.violations(); }
  void add_witnesses(std::set<std::string>& witnesses) const;
  void add_figures(std::vector<std::pair<std::string, double>>& figures) const;

 private:
  void look_at(Instant now, NodeId node, const Event<Alphabet>& event,
               const lamport::Lamport& machine);
  void look_at(Instant now, NodeId node, const Effect<Alphabet>& effect);
  void look_at(Instant now, NodeId node, const lamport::Notice& notice);

  LamportRules rules_;
  Duration patience_;  // what all logs may take to become equal
  std::vector<bool> leads_;
  std::map<RequestId, lamport::Origin> asked_;  // posts, by request
  std::map<lamport::Stamp, Instant> unshown_;   // stamped here and not shown here
  NodeId last_coordinator_;
  Instant since_;
  int coordinators_ = 0;
  bool changed_ = false, two_ = false;
  Duration longest_wait_;  // from a stamp to where it is shown by whoever stamped it
  std::size_t longest_log_ = 0;
  std::uint64_t elections_ = 0, changes_ = 0, stamps_ = 0, causality_ = 0, merged_ = 0, gaps_ = 0;
};

}  // namespace lockstep::sim
