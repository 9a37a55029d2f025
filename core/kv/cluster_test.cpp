// Servers and clients of the store together, in weather that loses, doubles and delays what they
// say and crashes servers; every client's appends must stand in the store once, in its own order.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/overloaded.hpp"
#include "core/base/random.hpp"
#include "core/kv/client.hpp"
#include "core/kv/replica.hpp"
#include "core/wire/codec.hpp"

using namespace lockstep;
using namespace lockstep::kv;

namespace {

struct Weather {
  Ratio loss, duplicate;
  Duration slowest = milliseconds(5);
  std::uint32_t crashes_per_mille = 0;  // a step
  bool sessions = true;
};

class Small {
 public:
  Small(std::uint32_t servers, std::uint32_t clients, Weather weather, std::uint64_t seed)
      : weather_(weather), random_(seed), disks_(servers), epochs_(servers), asked_(servers) {
    for (std::uint32_t n = 1; n <= servers; ++n) members_.emplace_back(n);
    for (std::uint32_t n = 0; n < servers; ++n) {
      servers_.push_back(make(n));
      start(n);
    }
    for (std::uint32_t c = 0; c < clients; ++c) {
      clients_.emplace_back(
          NodeId(client_base + 1 + c), members_,
          ClientConfig{.attempt_timeout = milliseconds(100), .timeout = seconds(60), .pipeline = 4},
          random_.next());
    }
  }
  void ask(std::uint32_t client, RequestId id, Operation operation) {
    step_client(client, Requested<Operation>{id, std::move(operation)});
  }
  void run_for(Duration span) {
    const Instant end = now_ + span;
    while (!agenda_.empty() && std::get<0>(agenda_.begin()->first) <= end) {
      auto item = agenda_.extract(agenda_.begin());
      now_ = std::get<0>(item.key());
      item.mapped()();
      if (weather_.crashes_per_mille > 0 && random_.chance({weather_.crashes_per_mille, 1000})) {
        const auto n = static_cast<std::uint32_t>(random_.below(servers_.size()));
        servers_[n] = make(n);
        ++epochs_[n];
        asked_[n] = 0;
        start(n);
      }
    }
    now_ = end;
  }
  void calm() { weather_ = {}; }

  std::vector<Replica>& servers() { return servers_; }
  std::vector<Client>& clients() { return clients_; }
  std::map<RequestId, ClientReply> answers;

 private:
  using NodeEvent = Event<Replica::Alphabet>;
  using ClientEvent = Event<Client::Alphabet>;

  Replica make(std::uint32_t n) {
    Config config;
    config.sessions = weather_.sessions;
    return Replica(NodeId(n + 1), members_, config, random_.next());
  }
  void start(std::uint32_t n) { step_server(n, Started<raft::Record>{disks_[n]}); }
  void at(Instant when, auto what) { agenda_.emplace(std::tuple(when, ++order_), std::move(what)); }
  void travel(auto arrive) {
    if (random_.chance(weather_.loss)) return;
    const auto latency = [this] { return random_.between(microseconds(100), weather_.slowest); };
    if (random_.chance(weather_.duplicate)) at(now_ + latency(), arrive);
    at(now_ + latency(), arrive);
  }
  void step_server(std::uint32_t n, NodeEvent event) {
    Effects<Replica::Alphabet> out;
    servers_[n].step(now_, event, out);
    const auto life = epochs_[n];
    for (auto& effect : out) {
      std::visit(
          Overloaded{[&](Send<raft::Message>& send) {
                       const auto to = send.to.value() - 1;
                       travel([this, n, to, message = wire_trip(send.message)] {
                         step_server(to, Received<raft::Message>{NodeId(n + 1), message});
                       });
                     },
                     [&](SetTimer<raft::Timer>& set) {
                       at(set.at, [this, n, life, set] {
                         if (life == epochs_[n])
                           step_server(n, TimerFired<raft::Timer>{set.timer, set.epoch});
                       });
                     },
                     [&](Persist<raft::Record>& persist) {
                       for (auto& record : persist.records) disks_[n].push_back(std::move(record));
                       asked_[n] += persist.records.size();
                       at(now_ + microseconds(50), [this, n, life, upto = asked_[n]] {
                         if (life == epochs_[n]) step_server(n, Persisted{RecordSeq(upto)});
                       });
                     },
                     [&](Answer<Reply>& answer) {
                       const auto c = static_cast<std::uint32_t>(answer.id.value() >> 40);
                       travel([this, n, c, reply = wire_trip(answer.reply)] {
                         step_client(c, Received<Client::Alphabet::Message>{NodeId(n + 1), reply});
                       });
                     },
                     [](auto&) {}},
          effect);
    }
    CHECK(servers_[n].applied() == servers_[n].raft().commit());
  }
  void step_client(std::uint32_t c, ClientEvent event) {
    Effects<Client::Alphabet> out;
    clients_[c].step(now_, event, out);
    for (auto& effect : out) {
      std::visit(
          Overloaded{[&](Send<Client::Alphabet::Message>& send) {
                       const auto to = send.to.value() - 1;
                       const RequestId id((std::uint64_t{c} << 40) | ++requests_);
                       travel([this, to, id, request = wire_trip(std::get<Request>(send.message))] {
                         step_server(to, Requested<Request>{id, request});
                       });
                     },
                     [&](SetTimer<ClientTimer>& set) {
                       at(set.at, [this, c, set] {
                         step_client(c, TimerFired<ClientTimer>{set.timer, set.epoch});
                       });
                     },
                     [&](Answer<ClientReply>& answer) {
                       CHECK(answers.emplace(answer.id, answer.reply).second);
                     },
                     [](auto&) {}},
          effect);
    }
  }
  template <class T>
  static T wire_trip(const T& value) {
    std::string bytes;
    wire::encode(value, bytes);
    const auto back = wire::decode<T>(bytes);
    REQUIRE(back.has_value());
    CHECK(*back == value);
    return *back;
  }

  Weather weather_;
  Random random_;
  Instant now_;
  std::uint64_t order_ = 0;
  std::uint64_t requests_ = 0;
  std::map<std::tuple<Instant, std::uint64_t>, std::function<void()>> agenda_;
  std::vector<NodeId> members_;
  std::vector<std::vector<raft::Record>> disks_;
  std::vector<std::uint32_t> epochs_;
  std::vector<std::uint64_t> asked_;  // records to persist in this life
  std::vector<Replica> servers_;
  std::vector<Client> clients_;
};

// Every client appends "<client>.<n>;" to one key; how often each stands there in the end.
std::map<std::string, int> append_in(Weather weather, std::uint64_t seed) {
  Small cluster(3, 3, weather, seed);
  constexpr std::uint64_t rounds = 40;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    for (std::uint32_t c = 0; c < 3; ++c) {
      const std::string mark = std::to_string(c) + "." + std::to_string(i) + ";";
      cluster.ask(c, RequestId(c * 1000 + i), Append{"k", mark});
    }
    cluster.run_for(milliseconds(100));
  }
  cluster.calm();
  cluster.run_for(seconds(30));
  CHECK(cluster.answers.size() == 3 * rounds);
  for (const auto& [id, reply] : cluster.answers) {
    CHECK(reply == ClientReply(Finished{Done{}}));
  }
  for (const Replica& server : cluster.servers()) {
    CHECK(server.store() == cluster.servers().front().store());
  }
  const Result text = cluster.servers().front().store().read("k");
  REQUIRE(std::holds_alternative<Found>(text));
  std::map<std::string, int> marks;
  const std::string& value = std::get<Found>(text).value;
  for (std::size_t from = 0; from < value.size();) {
    const std::size_t end = value.find(';', from);
    ++marks[value.substr(from, end - from)];
    from = end + 1;
  }
  CHECK(marks.size() == 3 * rounds);
  return marks;
}

int most(const std::map<std::string, int>& marks) {
  int result = 0;
  for (const auto& [mark, count] : marks) result = std::max(result, count);
  return result;
}

}  // namespace

TEST_CASE("in fair weather every append stands in the store once") {
  CHECK(most(append_in({}, 1)) == 1);
}

TEST_CASE("loss, duplication and crashes do not make an append count twice") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    const Weather storm{
        .loss = {1, 5}, .duplicate = {1, 5}, .slowest = milliseconds(80), .crashes_per_mille = 1};
    CHECK(most(append_in(storm, seed)) == 1);
  }
}

TEST_CASE("without sessions a retry is applied again, so the storm above is a real one") {
  int twice = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Weather storm{
        .loss = {1, 5}, .duplicate = {1, 5}, .slowest = milliseconds(80), .sessions = false};
    twice = std::max(twice, most(append_in(storm, seed)));
  }
  CHECK(twice > 1);
}
