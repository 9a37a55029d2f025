// Load: the clients of a scenario and what they do, drawn from the same streams of chance as in the
// simulator, so that the same operations are wished for at the same instants.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "node/client/remote_client.hpp"
#include "processes/clock.hpp"
#include "processes/weather.hpp"
#include "sim/fabric/fabric.hpp"
#include "sim/workload/generator.hpp"

namespace lockstep::processes {

class Load {
 public:
  // `on_ok` is called with the invocation of each operation that ends ok.
  Load(net::asio::io_context& io, const sim::Scenario& scenario, sim::Endpoints endpoints,
       std::vector<node::Server> servers, Weather& weather, Clock& clock,
       std::function<void(Instant invoked)> on_ok);

  void start();  // at time 0
  // What was never sent has failed; nothing happens any more.
  void end();

  [[nodiscard]] const std::vector<sim::HistoryOperation>& history() const { return history_; }
  [[nodiscard]] const std::vector<std::int64_t>& latencies() const { return latencies_; }

 private:
  struct Seat {
    std::unique_ptr<ClientRoad> road;
    std::unique_ptr<node::RemoteClient> client;
    std::uint32_t open = 0;           // operations it works on
    std::uint32_t thinking = 0;       // closed loop: operations it is about to make
    std::deque<std::size_t> backlog;  // operations that wait for it, by place in the history
  };

  [[nodiscard]] bool closed_loop() const;
  void arrive();
  void plan_arrival(Instant after);
  void think(std::uint32_t client, Instant until);
  void make_operation(std::uint32_t client);
  void submit(std::uint32_t client, std::size_t place);
  void answered(std::uint32_t client, std::size_t place, const kv::ClientReply& reply);

  net::asio::io_context& io_;
  const sim::Scenario& scenario_;
  sim::Endpoints endpoints_;
  std::vector<node::Server> servers_;
  Weather& weather_;
  Clock& clock_;
  std::function<void(Instant)> on_ok_;
  sim::Generator generator_;
  std::vector<Seat> seats_;
  std::vector<sim::HistoryOperation> history_;
  std::vector<Instant> wished_;  // by place in the history
  std::vector<std::int64_t> latencies_;
  std::uint32_t next_client_ = 0;
  std::uint64_t next_place_ = 0;
  bool over_ = false;
};

}  // namespace lockstep::processes
