// `lockstepctl bench`: clients that each start an operation when the one before is answered.
#include <fmt/format.h>

#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/base/random.hpp"
#include "net/driver/alarm.hpp"
#include "node/client/remote_client.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/ctl/latencies.hpp"
#include "node/ctl/servers.hpp"

namespace lockstep::ctl {
namespace {

class Bench {
 public:
  Bench(const Common& common, const BenchWords& words) : words_(words) {
    // Ctrl-C ends the measurement, not the report.
    signals_.async_wait([this](net::ErrorCode, int) { interrupted_ = true; });
    const auto servers = members(common);
    for (std::uint32_t i = 0; i < words.clients; ++i) {
      clients_.push_back(
          std::make_unique<node::RemoteClient>(io_, servers, client_config(common), i + 1, i + 1));
    }
  }

  void run() {
    warm_up();
    start_ = net::now();
    end_ = start_ + words_.length;
    for (const auto& client : clients_) next(*client);
    until_answered();
    last_ = std::max(last_, start_ + milliseconds(1));
  }

  [[nodiscard]] double seconds() const { return (last_ - start_).seconds(); }
  [[nodiscard]] const Latencies& times() const { return times_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& errors() const { return errors_; }

 private:
  // Everybody has a session and knows the leader before the clock starts.
  void warm_up() {
    open_ = clients_.size();
    for (std::size_t i = 0; i < clients_.size(); ++i)
      clients_[i]->start(kv::Put{key(i % words_.keys), value()}, [this](const auto& reply) {
        if (!std::holds_alternative<kv::Finished>(reply)) count_error(reply);
        --open_;
      });
    until_answered();
    for (const auto& client : clients_) {
      const node::Refusal& refusal = client->refusal();
      if (errors_.empty() || refusal.status == 0) continue;
      throw Stop(exit_refused, fmt::format("node {} refuses the first put of a client ({}): {}",
                                           refusal.server.value(), refusal.status, refusal.reason));
    }
    if (!errors_.empty()) {
      throw Stop(exit_failed, fmt::format("the first put of a client is not answered ({}); "
                                          "`lockstepctl status` shows who leads",
                                          errors_.begin()->first));
    }
  }

  void next(node::RemoteClient& client) {
    const Instant begin = net::now();
    ++open_;
    client.start(operation(), [this, &client, begin](const kv::ClientReply& reply) {
      --open_;
      last_ = net::now();
      if (std::holds_alternative<kv::Finished>(reply)) {
        times_.add(last_ - begin);
      } else {
        count_error(reply);
      }
      if (last_ < end_ && !interrupted_) next(client);
    });
  }

  void until_answered() {
    while (open_ > 0) io_.run_one();
  }

  void count_error(const kv::ClientReply& reply) {
    const auto name = [](const char* outcome, kv::Reason reason) {
      return fmt::format("{}:{}", outcome, kv::name_of(reason));
    };
    if (const auto* failed = std::get_if<kv::Failed>(&reply))
      ++errors_[name("failed", failed->reason)];
    if (const auto* unknown = std::get_if<kv::Unknown>(&reply))
      ++errors_[name("unknown", unknown->reason)];
  }

  kv::Operation operation() {
    const std::string where = key(random_.below(words_.keys));
    if (random_.below(100) < words_.get_percent) return kv::Get{where};
    return kv::Put{where, value()};
  }
  static std::string key(std::uint64_t number) { return fmt::format("bench/{}", number); }
  std::string value() {
    std::string value(words_.value_bytes, 'a');
    for (char& c : value) c = static_cast<char>('a' + random_.below(26));
    return value;
  }

  BenchWords words_;
  net::asio::io_context io_{1};
  net::asio::signal_set signals_{io_, SIGINT};
  Random random_{1};
  std::vector<std::unique_ptr<node::RemoteClient>> clients_;
  std::size_t open_ = 0;
  bool interrupted_ = false;
  Instant start_, end_, last_;
  Latencies times_;
  std::map<std::string, std::uint64_t> errors_;
};

}  // namespace

int bench(const Common& common, const BenchWords& words) {
  Bench bench(common, words);
  bench.run();
  const Latencies& times = bench.times();
  const double rate = static_cast<double>(times.count()) / bench.seconds();
  const double p50 = times.quantile_ms(0.5), p90 = times.quantile_ms(0.9),
               p99 = times.quantile_ms(0.99);
  std::string errors;
  const char* between = common.json ? "," : ", ";
  for (const auto& [kind, count] : bench.errors()) {
    errors += fmt::format(fmt::runtime(common.json ? R"({}"{}":{})" : "{}{} {}"),
                          errors.empty() ? "" : between, kind, count);
  }
  if (common.json) {
    fmt::print(
        "{{\"clients\":{},\"seconds\":{:.3f},\"operations\":{},\"per_s\":{:.1f},"
        "\"p50_ms\":{:.3f},\"p90_ms\":{:.3f},\"p99_ms\":{:.3f},\"errors\":{{{}}}}}\n",
        words.clients, bench.seconds(), times.count(), rate, p50, p90, p99, errors);
  } else {
    fmt::print(
        "{} clients, {:.1f} s, {} operations: {:.0f}/s, p50 {:.2f} ms, p90 {:.2f} ms, "
        "p99 {:.2f} ms; errors: {}\n",
        words.clients, bench.seconds(), times.count(), rate, p50, p90, p99,
        errors.empty() ? "none" : errors);
  }
  return times.count() > 0 ? exit_ok : exit_failed;
}

}  // namespace lockstep::ctl
