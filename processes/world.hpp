// ProcessWorld: one run of a scenario against lockstepd processes on loopback addresses.
//
// One thread, one io_context: clients, faults and questions to the nodes. Time 0 is when every node
// answers and its links are as the scenario wants them; the nodes' own timers have run since their
// start, so there may be a leader by then. Every process it starts is gone when it is.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "processes/faults.hpp"
#include "processes/load.hpp"
#include "processes/node_process.hpp"
#include "processes/ports.hpp"
#include "processes/protocol.hpp"
#include "processes/shim.hpp"
#include "processes/weather.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::processes {

// SIGINT or SIGTERM came. The nodes are gone.
struct Interrupted {};

struct RunSetting {
  std::string program;           // lockstepd
  std::filesystem::path folder;  // nodes/n1/data and nodes/n1/log.ndjson, … are made in it
};

class ProcessWorld final : public Powers {
 public:
  ProcessWorld(const sim::Scenario& scenario, const RunSetting& setting);
  ~ProcessWorld() override;

  // Throws Interrupted, and std::runtime_error with a sentence when the cluster cannot be started.
  sim::Outcome run();
  [[nodiscard]] const std::vector<sim::TraceLine>& trace() const { return trace_; }

  std::vector<sim::NodeView> views() override;
  bool is_up(std::uint32_t node) override { return nodes_[node]->is_up(); }
  bool is_paused(std::uint32_t node) override { return nodes_[node]->is_paused(); }
  void crash(std::uint32_t node) override;
  void launch(std::uint32_t node) override;
  void pause(std::uint32_t node) override { nodes_[node]->pause(); }
  void resume(std::uint32_t node) override;
  void order(std::uint32_t node, const std::string& verb) override {
    protocol_->order(*nodes_[node], verb);
  }
  void measure(std::uint32_t node, const sim::Measure& found) override {
    protocol_->measured(*nodes_[node], found);
  }
  void slow_disk(std::uint32_t node, Duration latency) override;
  void links_changed(bool calm) override;
  void disturbed() override;
  void tell(sim::TracedFault fault) override { faults_seen_.push_back(std::move(fault)); }
  Instant now() override { return clock_.now(); }
  void at(Instant when, std::function<void()> what) override { clock_.at(when, std::move(what)); }

 private:
  void make_nodes(const RunSetting& setting);
  void listen_to_signals();
  void run_until(const std::function<bool()>& done, Duration within);
  void start_nodes();
  void prepare(std::uint32_t node, std::size_t& ready);
  void plan_faults();
  void tick();
  void ask_all();
  void look_for_dead_nodes();
  void look_for_agreement();
  [[nodiscard]] bool stable_for_long_enough() const;
  void tell_faults(std::uint32_t node);
  void part_from_nodes();
  void stop_nodes();
  [[nodiscard]] sim::Outcome judge();

  const sim::Scenario& scenario_;
  const sim::Endpoints endpoints_;
  net::asio::io_context io_;
  net::asio::signal_set signals_;
  Clock clock_;
  Ports ports_;
  const std::unique_ptr<Protocol> protocol_;
  std::vector<Home> homes_;
  std::vector<std::unique_ptr<NodeProcess>> nodes_;
  Shim shim_;
  Faults faults_;
  Weather weather_;
  std::unique_ptr<Load> load_;
  std::vector<sim::TracedFault> faults_seen_;
  std::vector<sim::Violation> violations_;
  std::vector<sim::TraceLine> trace_;
  sim::Recovery recovery_;
  Instant ended_;
  bool over_ = false, stopped_early_ = false, interrupted_ = false;
};

}  // namespace lockstep::processes
