#include "processes/load.hpp"

#include <algorithm>

#include "sim/protocols/raft_clients.hpp"
#include "sim/world/purpose.hpp"

namespace lockstep::processes {
namespace {

std::uint64_t seed_for(const sim::Scenario& scenario, sim::Purpose purpose) {
  return mix_seed(scenario.seed, static_cast<std::uint64_t>(purpose));
}

}  // namespace

Load::Load(net::asio::io_context& io, const sim::Scenario& scenario, sim::Endpoints endpoints,
           std::vector<node::Server> servers, Weather& weather, Clock& clock,
           std::function<void(Instant invoked)> on_ok)
    : io_(io),
      scenario_(scenario),
      endpoints_(endpoints),
      servers_(std::move(servers)),
      weather_(weather),
      clock_(clock),
      on_ok_(std::move(on_ok)),
      generator_(scenario.workload, Instant() + scenario.duration,
                 seed_for(scenario, sim::Purpose::workload)) {}

void Load::start() {
  const sim::Workload& load = scenario_.workload;
  seats_.resize(endpoints_.clients);
  for (std::uint32_t c = 0; c < endpoints_.clients; ++c) {
    const std::uint64_t seed =
        mix_seed(scenario_.seed, static_cast<std::uint64_t>(sim::Purpose::client), c + 1);
    seats_[c].road = std::make_unique<ClientRoad>(weather_, endpoints_.nodes + c);
    seats_[c].client = std::make_unique<node::RemoteClient>(io_, servers_, sim::client_config(load),
                                                            c + 1, seed, seats_[c].road.get());
  }
  for (const sim::Operation& line : load.script) {
    clock_.at(line.at, [this, &line] {
      if (over_) return;
      history_.push_back(generator_.scripted(line));
      wished_.push_back(clock_.now());
      submit(line.client - 1, history_.size() - 1);
    });
  }
  if (endpoints_.clients == 0) return;
  if (load.rate) {
    plan_arrival(Instant());
  } else if (closed_loop()) {
    for (std::uint32_t c = 0; c < endpoints_.clients; ++c) {
      for (std::uint32_t k = 0; k < load.pipeline; ++k) think(c, load.start);
    }
  }
}

// A script alone is a load of no operations.
bool Load::closed_loop() const {
  return !scenario_.workload.rate && scenario_.workload.operations != std::uint64_t{0};
}

// From the instant the last one was due, not from when it was made: lateness does not add up.
void Load::plan_arrival(Instant after) {
  const auto next = generator_.next_arrival(after);
  if (!next) return;
  clock_.at(*next, [this, due = *next] {
    if (over_) return;
    arrive();
    plan_arrival(due);
  });
}

void Load::arrive() {
  const std::uint32_t c = next_client_;
  next_client_ = (next_client_ + 1) % endpoints_.clients;
  make_operation(c);
}

void Load::think(std::uint32_t client, Instant until) {
  ++seats_[client].thinking;
  clock_.at(until, [this, client] {
    if (over_) return;
    --seats_[client].thinking;
    make_operation(client);
  });
}

void Load::make_operation(std::uint32_t client) {
  if (!generator_.may_make(clock_.now())) return;
  history_.push_back(generator_.draw());
  wished_.push_back(clock_.now());
  submit(client, history_.size() - 1);
}

void Load::submit(std::uint32_t client, std::size_t place) {
  Seat& seat = seats_[client];
  sim::HistoryOperation& operation = history_[place];
  operation.client = endpoints_.id(endpoints_.nodes + client);
  operation.invoked = clock_.now();
  operation.invoked_order = ++next_place_;
  if (seat.open >= scenario_.workload.pipeline) {
    seat.backlog.push_back(place);
    return;
  }
  ++seat.open;
  seat.client->start(
      sim::operation_of(operation),
      [this, client, place](const kv::ClientReply& reply) { answered(client, place, reply); });
}

void Load::answered(std::uint32_t client, std::size_t place, const kv::ClientReply& reply) {
  if (over_) return;
  Seat& seat = seats_[client];
  sim::HistoryOperation& operation = history_[place];
  operation.returned = clock_.now();
  operation.returned_order = ++next_place_;
  sim::close_operation(operation, reply);
  generator_.learnt(operation);
  --seat.open;
  if (operation.outcome == sim::HistoryOperation::Outcome::ok) {
    latencies_.push_back((operation.returned - wished_[place]).ns());
    on_ok_(operation.invoked);
  }
  if (!seat.backlog.empty()) {
    const std::size_t next = seat.backlog.front();
    seat.backlog.pop_front();
    submit(client, next);
  } else if (closed_loop() && seat.open + seat.thinking < scenario_.workload.pipeline) {
    think(client, clock_.now() + scenario_.workload.think);
  }
}

void Load::end() {
  over_ = true;
  for (const Seat& seat : seats_) {
    for (const std::size_t place : seat.backlog) {
      sim::HistoryOperation& operation = history_[place];
      operation.outcome = sim::HistoryOperation::Outcome::failed;
      operation.returned = clock_.now();
      operation.returned_order = ++next_place_;
      operation.reason = "never sent";
    }
  }
}

}  // namespace lockstep::processes
