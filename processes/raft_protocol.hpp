// RaftProtocol: the replicated store of a cluster of lockstepd.
#pragma once

#include "processes/logs.hpp"
#include "processes/protocol.hpp"

namespace lockstep::processes {

class RaftProtocol final : public Protocol {
 public:
  explicit RaftProtocol(const sim::Scenario& scenario) : scenario_(scenario) {}

  // What is the node's default is left out.
  [[nodiscard]] Settings settings() const override;
  [[nodiscard]] const Names& rules() const override;
  [[nodiscard]] const Names& unknowable() const override;

  // A `setup` is the past of its log.
  [[nodiscard]] Settings move_in(const Home& home) const override;
  void greet(NodeProcess&, std::function<void(bool)> done) override { done(true); }

  [[nodiscard]] std::string status_target() const override { return "/v1/status"; }
  [[nodiscard]] std::string events_target() const override { return "/v1/events?after="; }
  [[nodiscard]] NodeStatus status_of(const nlohmann::json& status) const override;
  [[nodiscard]] NodeEvent event_of(const nlohmann::json& event) const override;

  void order(NodeProcess& node, const std::string& verb) override;
  void measured(NodeProcess&, const sim::Measure&) override {}
  void saw(std::uint32_t, const NodeStatus& status) override;
  void saw(NodeEvent event) override { events_.push_back(std::move(event)); }

  // One leader, its log committed, and every node that it reaches follows it.
  [[nodiscard]] bool agreed(const std::vector<sim::EndpointSet>& groups,
                            const std::vector<NodeStatus>& statuses) const override;
  [[nodiscard]] std::optional<Instant> leader_since(
      const std::vector<sim::TracedFault>& faults) const override;

  // Their logs are compared.
  void part(NodeProcess& node, std::function<void()> done) override;
  [[nodiscard]] Conclusion conclude(const std::vector<sim::TracedFault>& faults,
                                    Instant ended) override;

 private:
  const sim::Scenario& scenario_;
  std::vector<NodeEvent> events_;
  std::uint64_t committed_ = 0;
  LogComparison logs_;
};

}  // namespace lockstep::processes
