#include "processes/world.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include "node/config/keys.hpp"
#include "processes/capabilities.hpp"
#include "processes/logs.hpp"
#include "sim/faults/schedule.hpp"
#include "sim/world/purpose.hpp"

namespace lockstep::processes {
namespace {

constexpr Duration starts_within = seconds(20);
constexpr Duration ticks_every = milliseconds(50);
constexpr Duration ask_ahead = milliseconds(25);  // of a fault, so that roles are fresh
constexpr Duration answers_within = milliseconds(500);

}  // namespace

ProcessWorld::ProcessWorld(const sim::Scenario& scenario, const RunSetting& setting)
    : scenario_(scenario),
      endpoints_{scenario.nodes, scenario.workload.clients},
      signals_(io_),
      clock_(io_),
      ports_(std::size_t{2} * scenario.nodes),
      protocol_(protocol_of(scenario)),
      shim_(scenario),
      faults_(scenario, endpoints_, *this),
      weather_(scenario, faults_.links(), clock_) {
  make_nodes(setting);
}

ProcessWorld::~ProcessWorld() = default;

void ProcessWorld::make_nodes(const RunSetting& setting) {
  std::string members;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    members += fmt::format("{}{}=127.0.0.1:{}/127.0.0.1:{}", n == 0 ? "" : ",", n + 1,
                           ports_[2 * n], ports_[2 * n + 1]);
  }
  const std::string token = random_token();
  const std::string cluster = "processes-" + std::to_string(ports_[0]);
  const auto nodes = std::filesystem::absolute(setting.folder / "nodes");
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    const auto folder = nodes / fmt::format("n{}", n + 1);
    std::filesystem::create_directories(folder);
    homes_.push_back({n, cluster, nodes.string(), (folder / "data").string()});
    Settings settings{{"id", std::to_string(n + 1)},
                      {"cluster", cluster},
                      {"members", members},
                      {"data", homes_[n].data},
                      {"wal.segment_bytes", "4194304"},
                      {"admin.token", token},
                      {"enable_faults", "true"},
                      {"log.format", "json"}};
    for (const auto& more : {protocol_->settings(), protocol_->move_in(homes_[n])})
      settings.insert(settings.end(), more.begin(), more.end());
    Program program{setting.program, {}, {}, (folder / "log.ndjson").string()};
    for (const auto& [key, text] : settings) program.environment[node::variable_of(key)] = text;
    nodes_.push_back(std::make_unique<NodeProcess>(
        io_, clock_, NodeProcess::Setting{n, ports_[2 * n + 1], token, std::move(program)},
        *protocol_));
  }
}

void ProcessWorld::listen_to_signals() {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](const net::ErrorCode& error, int) {
    if (!error) interrupted_ = true;
  });
}

// Works until then, or for so long.
void ProcessWorld::run_until(const std::function<bool()>& done, Duration within) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::nanoseconds(within.ns());
  while (!done() && std::chrono::steady_clock::now() < end) {
    io_.run_one_until(
        std::min(end, std::chrono::steady_clock::now() + std::chrono::milliseconds(20)));
    io_.restart();
    if (interrupted_) throw Interrupted{};
  }
}

sim::Outcome ProcessWorld::run() {
  listen_to_signals();
  start_nodes();
  clock_.start();
  std::vector<node::Server> servers;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n)
    servers.push_back({NodeId(n + 1), "127.0.0.1", ports_[2 * n + 1]});
  load_ = std::make_unique<Load>(io_, scenario_, endpoints_, std::move(servers), weather_, clock_,
                                 [this](Instant invoked) {
                                   if (!recovery_.recovered && invoked >= recovery_.calm_since)
                                     recovery_.recovered = clock_.now();
                                 });
  plan_faults();
  load_->start();
  tick();
  const Instant end = Instant() + scenario_.duration;
  run_until([&] { return stopped_early_ || clock_.now() >= end; }, scenario_.duration + seconds(5));
  over_ = true;
  ended_ = stopped_early_ ? clock_.now() : end;
  load_->end();
  ask_all();
  run_until([] { return false; }, milliseconds(200));
  part_from_nodes();
  stop_nodes();
  return judge();
}

void ProcessWorld::start_nodes() {
  std::size_t ready = 0, wanted = 0;
  const auto& down = scenario_.down;
  shim_.want(faults_.links(), false);
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    if (std::find(down.begin(), down.end(), NodeId(n + 1)) != down.end()) continue;
    ++wanted;
    nodes_[n]->launch([this, n, &ready] { prepare(n, ready); });
  }
  const auto all = [&] {
    for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
      if (const auto end = nodes_[n]->take_end())
        throw std::runtime_error(fmt::format("n{}: lockstepd ended with {} before it was ready: {}",
                                             n + 1, *end, last_line(nodes_[n]->log())));
    }
    return ready == wanted;
  };
  run_until(all, starts_within);
  if (ready != wanted)
    throw std::runtime_error(fmt::format("only {} of {} nodes were ready within {}; see {}", ready,
                                         wanted, to_text(starts_within), nodes_[0]->log()));
}

// It is ready when it has taken all it is told.
void ProcessWorld::prepare(std::uint32_t n, std::size_t& ready) {
  auto left = std::make_shared<std::size_t>(1);
  const auto told = [this, n, left, &ready](bool yes) {
    if (!yes)
      throw std::runtime_error(
          fmt::format("n{} refuses what it is told; see {}", n + 1, nodes_[n]->log()));
    if (--*left == 0) ++ready;
  };
  for (auto& body : shim_.take_untold(n)) {
    ++*left;
    nodes_[n]->command("/v1/admin/faults", std::move(body), told);
  }
  protocol_->greet(*nodes_[n], told);
}

void ProcessWorld::plan_faults() {
  Random layout(mix_seed(scenario_.seed, static_cast<std::uint64_t>(sim::Purpose::faults)));
  for (const sim::Strike& strike : sim::lay_out(scenario_, layout)) {
    clock_.at(strike.at - ask_ahead, [this] {
      if (!over_) ask_all();
    });
    clock_.at(strike.at, [this, fault = strike.fault] {
      if (!over_) faults_.strike(fault);
    });
  }
  for (const Errand& errand : protocol_->errands()) {
    clock_.at(errand.at, [this, errand] {
      if (!over_) protocol_->run(errand, *nodes_[errand.node]);
    });
  }
}

void ProcessWorld::tick() {
  if (over_) return;
  look_for_dead_nodes();
  look_for_agreement();
  ask_all();
  if (stable_for_long_enough()) stopped_early_ = true;
  clock_.at(clock_.now() + ticks_every, [this] { tick(); });
}

void ProcessWorld::ask_all() {
  for (const auto& node : nodes_) {
    if (node->answers()) node->ask(answers_within, [] {});
  }
}

void ProcessWorld::look_for_dead_nodes() {
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    const auto end = nodes_[n]->take_end();
    if (!end) continue;
    const NodeId id(n + 1);
    protocol_->ended(n);
    const std::string text =
        fmt::format("n{} ended by itself with {}: {}", n + 1, *end, last_line(nodes_[n]->log()));
    violations_.push_back({"internal check", text, id, clock_.now()});
    tell({clock_.now(), "crash", text, {id}, {}});
  }
}

// Without clients, agreement is what recovery means, of everybody as it was after the last fault.
void ProcessWorld::look_for_agreement() {
  if (endpoints_.clients > 0 || recovery_.recovered) return;
  sim::EndpointSet live;
  std::vector<NodeStatus> statuses;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    statuses.push_back(nodes_[n]->status());
    if (!nodes_[n]->answers()) continue;
    if (statuses[n].at < recovery_.calm_since) return;
    live.push_back(n);
  }
  if (protocol_->agreed(faults_.links().groups_of(live), statuses))
    recovery_.recovered = clock_.now();
}

bool ProcessWorld::stable_for_long_enough() const {
  if (!scenario_.until.leader_stable_for) return false;
  const auto since = protocol_->leader_since(faults_seen_);
  return since && clock_.now() - *since >= *scenario_.until.leader_stable_for;
}

std::vector<sim::NodeView> ProcessWorld::views() {
  std::vector<sim::NodeView> views;
  for (const auto& node : nodes_) {
    if (node->is_up()) {
      views.push_back({true, node->status().role, node->status().term});
    } else {
      views.push_back({});
    }
  }
  return views;
}

void ProcessWorld::crash(std::uint32_t node) {
  nodes_[node]->crash();
  protocol_->ended(node);
  shim_.forget(node);
}

void ProcessWorld::launch(std::uint32_t node) {
  shim_.forget(node);
  nodes_[node]->launch([this, node] {
    tell_faults(node);
    protocol_->greet(*nodes_[node], [](bool) {});
  });
}

void ProcessWorld::resume(std::uint32_t node) {
  nodes_[node]->resume();
  tell_faults(node);
}

void ProcessWorld::slow_disk(std::uint32_t node, Duration latency) {
  shim_.want_disk(node, latency);
  tell_faults(node);
}

void ProcessWorld::links_changed(bool calm) {
  if (calm) weather_.calm();
  shim_.want(faults_.links(), calm);
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) tell_faults(n);
}

// A node that does not answer now is told when it does again.
void ProcessWorld::tell_faults(std::uint32_t node) {
  if (!nodes_[node]->answers()) return;
  for (auto& body : shim_.take_untold(node)) {
    nodes_[node]->command("/v1/admin/faults", body, [this, node, body](bool yes) {
      if (!yes && nodes_[node]->answers() && !over_)
        violations_.push_back({"internal check",
                               fmt::format("n{} did not take the fault {}", node + 1, body),
                               NodeId(node + 1), clock_.now()});
    });
  }
}

void ProcessWorld::disturbed() {
  recovery_.calm_since = clock_.now();
  recovery_.recovered.reset();
}

}  // namespace lockstep::processes
