#include "processes/bench/failover.hpp"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "net/driver/alarm.hpp"
#include "node/client/remote_client.hpp"
#include "sim/stats/quantiles.hpp"

namespace lockstep::processes {
namespace {

// Seconds of processors, and MiB resident, of a process.
struct Used {
  double seconds = 0, mib = 0;
};
Used used_by(pid_t process) {
  const std::string folder = "/proc/" + std::to_string(process);
  const auto open = [&](const char* name) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen((folder + name).c_str(), "r"),
                                                         std::fclose);
    if (!file) throw std::runtime_error("a node ended while it was measured");
    return file;
  };
  unsigned long user = 0, system = 0;
  long total = 0, resident = 0;
  if (std::fscanf(open("/stat").get(),
                  "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                  &system) != 2 ||
      std::fscanf(open("/statm").get(), "%ld %ld", &total, &resident) != 2)
    throw std::runtime_error("/proc says nothing of a node");
  return {static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK)),
          static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20)};
}

// One client that writes, one write after another.
class Writer {
 public:
  Writer(net::asio::io_context& io, const BenchCluster& cluster) {
    std::vector<node::Server> servers;
    for (std::uint32_t i = 0; i < BenchCluster::size; ++i)
      servers.push_back({NodeId(i + 1), "127.0.0.1", cluster.port(i)});
    kv::ClientConfig config;
    config.attempt_timeout = milliseconds(100);
    config.timeout = seconds(20);
    config.backoff_low = milliseconds(2);
    config.backoff_high = milliseconds(20);
    client_ = std::make_unique<node::RemoteClient>(io, servers, config, 1, 1);
    write();
  }
  [[nodiscard]] std::uint64_t done() const { return done_; }

 private:
  void write() {
    client_->start(kv::Put{"failover", std::to_string(done_)},
                   [this](const kv::ClientReply& reply) {
                     if (std::holds_alternative<kv::Finished>(reply)) ++done_;
                     write();
                   });
  }
  std::unique_ptr<node::RemoteClient> client_;
  std::uint64_t done_ = 0;
};

// It follows a leader and has applied what the leader had committed: another one may go.
bool has_caught_up(const BenchCluster& cluster, std::size_t place) {
  const auto status = [&](std::size_t of) {
    return nlohmann::json::parse(fetch(cluster.port(of), "/v1/status"), nullptr, false);
  };
  const auto own = status(place);
  if (!own.is_object() || own["leader"].is_null()) return false;
  const auto leading = status(own["leader"].get<std::size_t>() - 1);
  return leading.is_object() && leading["role"] == "leader" &&
         own["log"]["applied"].get<std::uint64_t>() + 100 >=
             leading["log"]["commit"].get<std::uint64_t>();
}

// Runs until `reached` or the time is over.
template <class Reached>
void run_until(net::asio::io_context& io, Duration most, Reached reached) {
  const Instant end = net::now() + most;
  while (!reached()) {
    if (net::now() > end)
      throw std::runtime_error("writes did not resume, or a node did not catch up, within 20 s");
    io.run_one_for(std::chrono::milliseconds(10));
  }
}

}  // namespace

Idle measure_idle(const BenchCluster& cluster) {
  constexpr int seconds_idle = 5;
  std::vector<Used> before;
  for (std::size_t i = 0; i < BenchCluster::size; ++i)
    before.push_back(used_by(cluster.process(i)));
  std::this_thread::sleep_for(std::chrono::seconds(seconds_idle));
  Idle idle;
  for (std::size_t i = 0; i < BenchCluster::size; ++i) {
    const Used after = used_by(cluster.process(i));
    idle.cpu_percent =
        std::max(idle.cpu_percent, (after.seconds - before[i].seconds) * 100 / seconds_idle);
    idle.mib = std::max(idle.mib, after.mib);
  }
  return idle;
}

Failover measure_failover(BenchCluster& cluster, int kills) {
  std::vector<double> times;
  net::asio::io_context io;
  Writer writer(io, cluster);
  for (int i = 0; i < kills; ++i) {
    const std::uint64_t calm = writer.done() + 20;
    run_until(io, seconds(20), [&] { return writer.done() >= calm; });
    const std::size_t leader = cluster.leader();
    cluster.kill(leader);
    const Instant killed = net::now();
    const std::uint64_t before = writer.done();
    // One that was on its way may still be answered by the dead leader; the one after it is not.
    run_until(io, seconds(20), [&] { return writer.done() >= before + 2; });
    times.push_back((net::now() - killed).milliseconds());
    cluster.start(leader);
    run_until(io, seconds(20), [&] { return has_caught_up(cluster, leader); });
  }
  if (times.empty()) return {};
  std::sort(times.begin(), times.end());
  return {sim::quantile_of_sorted(times, 0.5), sim::quantile_of_sorted(times, 0.99), times.back()};
}

}  // namespace lockstep::processes
