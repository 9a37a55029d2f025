// Protocol: all that this world knows of the protocol that its nodes run: what they are told before
// they start, what they are asked, and what can be concluded from their answers.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "processes/protocol_words.hpp"
#include "processes/reports.hpp"
#include "sim/faults/links.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::processes {

class Clock;
class NodeProcess;

class Protocol {
 public:
  virtual ~Protocol() = default;

  // The scenario's config in the node's words; a key that no lockstepd has, where nothing can be
  // said in its place.
  [[nodiscard]] virtual Settings settings() const = 0;
  // The path of such a key in a scenario.
  [[nodiscard]] virtual std::string path_of(const std::string& key) const;
  // What else of the scenario cannot be done, and what is done differently; a sentence each.
  [[nodiscard]] virtual std::vector<Obstacle> obstacles() const { return {}; }
  [[nodiscard]] virtual std::vector<std::string> differences() const { return {}; }
  // Rules that are judged, beside those of the world itself.
  [[nodiscard]] virtual const Names& rules() const = 0;
  // Witnesses that cannot be seen from outside a node, and so never count.
  [[nodiscard]] virtual const Names& unknowable() const = 0;
  // Whether a scenario may say what nodes measure of themselves, and what it is until then.
  [[nodiscard]] virtual bool measures() const { return false; }

  // Puts there what a node needs before its first start; what it is to be told of that.
  [[nodiscard]] virtual Settings move_in(const Home& home) const = 0;
  // Is done each time it starts, before it counts as ready. `done`: whether the node took it.
  virtual void greet(NodeProcess& node, std::function<void(bool)> done) = 0;

  [[nodiscard]] virtual std::string status_target() const = 0;
  [[nodiscard]] virtual std::string events_target() const = 0;  // of those after …
  [[nodiscard]] virtual NodeStatus status_of(const nlohmann::json& status) const = 0;
  // All but instant and node.
  [[nodiscard]] virtual NodeEvent event_of(const nlohmann::json& event) const = 0;

  [[nodiscard]] virtual std::vector<Errand> errands() const { return {}; }
  virtual void run(const Errand&, NodeProcess&) {}
  virtual void order(NodeProcess& node, const std::string& verb) = 0;
  virtual void measured(NodeProcess& node, const sim::Measure& found) = 0;
  virtual void launched(std::uint32_t) {}
  virtual void ended(std::uint32_t) {}
  virtual void saw(std::uint32_t, const NodeStatus&) {}
  virtual void saw(NodeEvent event) = 0;
  // Asks for what is neither status nor event, with each status.
  virtual void look_closer(NodeProcess&) {}

  // Whether those who reach one another, as far as they can, have a leader whom all follow.
  [[nodiscard]] virtual bool agreed(const std::vector<sim::EndpointSet>& groups,
                                    const std::vector<NodeStatus>& statuses) const = 0;
  // Since when the only leader leads.
  [[nodiscard]] virtual std::optional<Instant> leader_since(
      const std::vector<sim::TracedFault>& faults) const = 0;

  // At the end of a run: each node that still answers, and then what each has on its disk.
  virtual void part(NodeProcess&, std::function<void()> done) { done(); }
  virtual void look_at_disk(const Home&, const Clock&, Instant /*ended*/) {}
  [[nodiscard]] virtual Conclusion conclude(const std::vector<sim::TracedFault>& faults,
                                            Instant ended) = 0;
};

// REQUIRES: the scenario outlives it. Nothing where lockstepd does not speak it.
[[nodiscard]] std::unique_ptr<Protocol> protocol_of(const sim::Scenario& scenario);

}  // namespace lockstep::processes
