// FilesProtocol: the flooding search and the files that a cluster of lockstepd shares beside its
// store (docs/files.md).
//
// The scenario's files lie in the shared folders before the nodes start, and its orders are calls
// of their API. Nodes know one another, so the network is complete.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/flood/requests.hpp"
#include "processes/protocol.hpp"
#include "sim/protocols/flood_format.hpp"

namespace lockstep::processes {

class FilesProtocol final : public Protocol {
 public:
  explicit FilesProtocol(const sim::Scenario& scenario);

  [[nodiscard]] Settings settings() const override;
  [[nodiscard]] std::string path_of(const std::string& key) const override;
  [[nodiscard]] std::vector<Obstacle> obstacles() const override;
  [[nodiscard]] std::vector<std::string> differences() const override;
  [[nodiscard]] const Names& rules() const override;
  [[nodiscard]] const Names& unknowable() const override;

  // Puts its files into its shared folder.
  [[nodiscard]] Settings move_in(const Home& home) const override;
  void greet(NodeProcess&, std::function<void(bool)> done) override { done(true); }

  [[nodiscard]] std::string status_target() const override { return "/v1/directory"; }
  // Of the store; those of the files are told to WebSockets only.
  [[nodiscard]] std::string events_target() const override { return "/v1/events?after="; }
  [[nodiscard]] NodeStatus status_of(const nlohmann::json& status) const override;
  [[nodiscard]] NodeEvent event_of(const nlohmann::json& event) const override;

  [[nodiscard]] std::vector<Errand> errands() const override;
  void run(const Errand& errand, NodeProcess& node) override;
  void order(NodeProcess& node, const std::string& verb) override;
  void measured(NodeProcess&, const sim::Measure&) override {}
  void launched(std::uint32_t node) override;
  void ended(std::uint32_t node) override;
  void saw(std::uint32_t node, const NodeStatus& status) override;
  void saw(NodeEvent) override {}
  // What is on its way there and what came, where something was ordered to come.
  void look_closer(NodeProcess& node) override;

  // As the simulator has it: whoever says that another one is its neighbour is the other's, too.
  [[nodiscard]] bool agreed(const std::vector<sim::EndpointSet>& groups,
                            const std::vector<NodeStatus>& statuses) const override;
  [[nodiscard]] std::optional<Instant> leader_since(
      const std::vector<sim::TracedFault>&) const override {
    return std::nullopt;
  }

  // Its shared folder: every file of a name that the scenario knows has the bytes of the scenario.
  void look_at_disk(const Home& home, const Clock& clock, Instant ended) override;
  [[nodiscard]] Conclusion conclude(const std::vector<sim::TracedFault>& faults,
                                    Instant ended) override;

 private:
  struct Seen {
    std::set<std::uint64_t> neighbours;  // ids; of this incarnation
    std::set<std::string> wanted;        // ordered, and not come yet
    bool asking = false;                 // for its fetches
  };
  void search(const flood::Search& search, NodeProcess& node);
  void fetch(const std::string& title, NodeProcess& node);
  void found(NodeProcess& node, const std::string& text, const nlohmann::json& answer);
  void look_at_fetches(NodeProcess& node, const nlohmann::json& fetches);
  void came(NodeProcess& node, const std::string& title);
  void tell(Instant at, std::uint32_t node, std::string kind, std::string text);
  void broken(std::string rule, std::string text, std::uint32_t node, Instant at);

  const sim::Scenario& scenario_;
  const sim::FloodSettings config_;
  const sim::FloodSetup setup_;
  std::vector<Seen> seen_;
  Names witnesses_;
  std::set<std::uint64_t> senders_;                        // ids: they sent bytes of files
  std::set<std::set<std::uint64_t>> sources_;              // of a fetch at one moment
  std::set<std::pair<std::uint32_t, std::string>> whole_;  // files that came, and where
  std::uint64_t searches_ = 0, with_hits_ = 0;
  std::map<std::uint32_t, std::uint64_t> dropped_sources_;  // by node, of its last life
  std::vector<NodeEvent> events_;
  std::vector<sim::Violation> violations_;
};

}  // namespace lockstep::processes
