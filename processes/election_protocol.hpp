// ElectionProtocol: the advanced Bully election that a cluster of lockstepd runs beside its store
// (docs/election.md).
//
// A run makes its own keys. What the nodes measure of this machine, which may be busy with others,
// is overridden: only the scenario says that a node is tired.
#pragma once

#include "core/advanced_bully/config.hpp"
#include "processes/election_sightings.hpp"
#include "processes/protocol.hpp"
#include "processes/tokens.hpp"
#include "processes/trails.hpp"
#include "sim/check/certified.hpp"

namespace lockstep::processes {

class ElectionProtocol final : public Protocol {
 public:
  explicit ElectionProtocol(const sim::Scenario& scenario);

  [[nodiscard]] Settings settings() const override;
  [[nodiscard]] std::string path_of(const std::string& key) const override;
  [[nodiscard]] const Names& rules() const override;
  [[nodiscard]] const Names& unknowable() const override;
  [[nodiscard]] bool measures() const override { return true; }
  [[nodiscard]] std::vector<std::string> differences() const override {
    return {"vitals: CPU 10 %, memory 30 % until the scenario says otherwise"};
  }

  // Makes its keys.
  [[nodiscard]] Settings move_in(const Home& home) const override;
  void greet(NodeProcess& node, std::function<void(bool)> done) override;

  [[nodiscard]] std::string status_target() const override { return "/v1/election/status"; }
  [[nodiscard]] std::string events_target() const override { return "/v1/election/events?after="; }
  [[nodiscard]] NodeStatus status_of(const nlohmann::json& status) const override;
  [[nodiscard]] NodeEvent event_of(const nlohmann::json& event) const override;

  void order(NodeProcess& node, const std::string& verb) override;
  void measured(NodeProcess& node, const sim::Measure& found) override;
  void launched(std::uint32_t node) override;
  void ended(std::uint32_t node) override;
  void saw(std::uint32_t node, const NodeStatus& status) override;
  void saw(NodeEvent event) override { trails_.told(std::move(event)); }
  // What its resource keeps, where anybody acts.
  void look_closer(NodeProcess& node) override;

  // As the simulator has it: in each group that can elect one leads and all follow, in one epoch;
  // in the others nobody may act.
  [[nodiscard]] bool agreed(const std::vector<sim::EndpointSet>& groups,
                            const std::vector<NodeStatus>& statuses) const override;
  [[nodiscard]] std::optional<Instant> leader_since(
      const std::vector<sim::TracedFault>& faults) const override;

  // Its trail.
  void look_at_disk(const Home& home, const Clock& clock, Instant ended) override;
  [[nodiscard]] Conclusion conclude(const std::vector<sim::TracedFault>& faults,
                                    Instant ended) override;

 private:
  struct Seen {
    NodeStatus status;              // the latest, of this incarnation
    std::optional<Instant> reigns;  // since when it was seen to lead, and still does
    std::uint64_t floor = 0;        // newest epoch it told of before it was last started
    bool asking = false;            // for what its resource keeps
    std::string vitals;             // what it is told to measure
  };
  void act(NodeProcess& node);

  const advanced_bully::Config config_;
  const sim::Electorate everybody_;
  bool acts_ = false;  // the scenario lets nodes act
  bool certified_;     // nobody leads without a quorum, of which two share somebody
  std::vector<Seen> seen_;
  Trails trails_;
  Reigns reigns_;
  Tokens tokens_;
  std::vector<NodeEvent> roles_;  // seen in
  std::vector<sim::Violation> violations_;
  bool resigned_ = false, struck_ = false;
};

}  // namespace lockstep::processes
