#include "processes/bench/zookeeper/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "net/driver/alarm.hpp"
#include "processes/bench/zookeeper/keys.hpp"
#include "processes/bench/zookeeper/session.hpp"
#include "sim/stats/quantiles.hpp"

namespace lockstep::processes::zookeeper {
namespace {

using Outcome = Session::Outcome;

constexpr std::chrono::seconds patience(10);  // with a server that does not answer

// The sessions of one load, first opened, then kept busy, then closed.
class ClosedLoop {
 public:
  ClosedLoop(std::uint16_t port, const Traffic& traffic)
      : port_(port), traffic_(traffic), value_(traffic.value_bytes, 'x') {
    for (unsigned key = 0; key < traffic.keys; ++key) paths_.push_back(path_of(key));
    for (unsigned i = 0; i < traffic.connections; ++i)
      clients_.push_back(std::make_unique<Client>(*this));
  }

  LoadResult run() {
    for (const auto& client : clients_) client->session.open(port_);
    io_.run_for(patience);
    if (opened_ != clients_.size())
      throw std::runtime_error(fmt::format("ZooKeeper opened {} of {} sessions: {}", opened_,
                                           clients_.size(), trouble_));
    end_ = net::now() + traffic_.length;
    for (const auto& client : clients_) next(*client);
    io_.restart();
    io_.run_for(std::chrono::nanoseconds(traffic_.length.ns()) + patience);
    return result();
  }

 private:
  enum class Phase : std::uint8_t { opening, busy, ended };
  struct Client {
    explicit Client(ClosedLoop& loop)
        : session(loop.io_, [&loop, this](Outcome outcome) { loop.on_done(*this, outcome); }) {}
    Session session;
    Phase phase = Phase::opening;
    Instant began;
  };

  void on_done(Client& client, Outcome outcome) {
    if (outcome != Outcome::done) trouble_ = client.session.reason();
    if (client.phase == Phase::opening && outcome == Outcome::done) ++opened_;
    if (client.phase != Phase::busy) return;
    const Instant now = net::now();
    if (now < end_) count(client, outcome, now);
    if (now < end_ && outcome != Outcome::broken) return next(client);
    client.phase = Phase::ended;
    // One that merely went away would be ended by a write later, in somebody else's measurement.
    if (outcome != Outcome::broken) client.session.close();
  }

  void count(const Client& client, Outcome outcome, Instant now) {
    const bool read = outcome == Outcome::done && !traffic_.writes;
    if (outcome != Outcome::done || (read && client.session.got_bytes() != value_.size()))
      ++errors_;
    if (outcome != Outcome::broken) times_.push_back((now - client.began).ns());
  }

  void next(Client& client) {
    const std::string& path = paths_[next_key_++ % paths_.size()];
    client.phase = Phase::busy;
    client.began = net::now();
    if (traffic_.writes)
      client.session.set(path, value_);
    else
      client.session.sync_and_get(path);
  }

  LoadResult result() {
    if (times_.empty()) throw std::runtime_error("ZooKeeper answered nothing: " + trouble_);
    std::sort(times_.begin(), times_.end());
    for (const auto& client : clients_) errors_ += client->phase == Phase::busy ? 1 : 0;
    return {.per_s = static_cast<double>(times_.size()) / traffic_.length.seconds(),
            .p50_ms = sim::quantile_of_sorted(times_, 0.5) / 1e6,
            .errors = errors_};
  }

  std::uint16_t port_;
  Traffic traffic_;
  std::string value_;
  std::vector<std::string> paths_;
  net::asio::io_context io_{1};
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t opened_ = 0, next_key_ = 0;
  Instant end_;
  std::vector<std::int64_t> times_;  // ns
  std::uint64_t errors_ = 0;
  std::string trouble_ = "no answer in time";
};

}  // namespace

LoadResult run_load(std::uint16_t port, const Traffic& traffic) {
  return ClosedLoop(port, traffic).run();
}

}  // namespace lockstep::processes::zookeeper
