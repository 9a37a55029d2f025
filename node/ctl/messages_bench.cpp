// `lockstepctl messages bench`: clients that each post when the post before is answered.
#include <fmt/format.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "net/driver/alarm.hpp"
#include "net/http/client.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/ctl/latencies.hpp"
#include "node/ctl/servers.hpp"

namespace lockstep::ctl {
namespace {

class MessagesBench {
 public:
  MessagesBench(const Common& common, const MessagesBenchWords& words)
      : words_(words), timeout_(common.timeout), text_(words.text_bytes, 'x') {
    const auto servers = members(common);
    std::random_device random;
    const std::uint64_t origin = (std::uint64_t{random()} << 32U) | 1U;
    for (std::uint32_t i = 0; i < words.clients; ++i) {
      const node::Server& server = servers[i % servers.size()];
      clients_.push_back(
          {std::make_unique<net::HttpClient>(io_, server.host, server.port), origin + i, 0});
    }
  }

  void run() {
    start_ = last_ = net::now();
    for (Client& client : clients_) next(client);
    while (open_ > 0) io_.run_one();
    last_ = std::max(last_, start_ + milliseconds(1));
  }

  [[nodiscard]] double seconds() const { return (last_ - start_).seconds(); }
  [[nodiscard]] const Latencies& times() const { return times_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& errors() const { return errors_; }

 private:
  struct Client {
    std::unique_ptr<net::HttpClient> http;
    std::uint64_t origin = 0, sequence = 0;
  };

  void next(Client& client) {
    net::HttpCall call;
    call.method = "POST";
    call.target = "/v1/messages";
    call.headers = {{"Idempotency-Key", fmt::format("{}.{}", client.origin, ++client.sequence)}};
    call.body = text_;
    const Instant begin = net::now();
    ++open_;
    client.http->call(std::move(call), timeout_, [this, &client, begin](const net::HttpResult& e) {
      --open_;
      last_ = net::now();
      if (e.status == 200) {
        times_.add(last_ - begin);
      } else {
        ++errors_[e.status == 0 ? e.error : fmt::format("{}", e.status)];
      }
      if (last_ - start_ < words_.length) next(client);
    });
  }

  MessagesBenchWords words_;
  Duration timeout_;
  std::string text_;
  net::asio::io_context io_{1};
  std::vector<Client> clients_;
  std::size_t open_ = 0;
  Instant start_, last_;
  Latencies times_;
  std::map<std::string, std::uint64_t> errors_;
};

}  // namespace

int messages_bench(const Common& common, const MessagesBenchWords& words) {
  MessagesBench bench(common, words);
  bench.run();
  const Latencies& times = bench.times();
  const double rate = static_cast<double>(times.count()) / bench.seconds();
  std::string errors;
  for (const auto& [kind, count] : bench.errors()) {
    errors += errors.empty() ? "" : common.json ? "," : ", ";
    errors += common.json ? fmt::format("{}:{}", json_text(kind), count)
                          : fmt::format("{} {}", kind, count);
  }
  const auto ms = [&](double p) { return times.quantile_ms(p); };
  if (common.json) {
    fmt::print(
        "{{\"clients\":{},\"seconds\":{:.3f},\"messages\":{},\"per_s\":{:.1f},\"p50_ms\":{:.3f},"
        "\"p95_ms\":{:.3f},\"p99_ms\":{:.3f},\"errors\":{{{}}}}}\n",
        words.clients, bench.seconds(), times.count(), rate, ms(0.5), ms(0.95), ms(0.99), errors);
  } else {
    fmt::print(
        "{} clients, {:.1f} s, {} messages: {:.0f}/s, p50 {:.2f} ms, p95 {:.2f} ms, p99 {:.2f} "
        "ms; errors: {}\n",
        words.clients, bench.seconds(), times.count(), rate, ms(0.5), ms(0.95), ms(0.99),
        errors.empty() ? "none" : errors);
  }
  return times.count() > 0 ? exit_ok : exit_failed;
}

}  // namespace lockstep::ctl
