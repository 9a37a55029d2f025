#include "node/client/remote_client.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <set>

#include "core/kv/store.hpp"
#include "core/wire/codec.hpp"
#include "net/http/server.hpp"

namespace lockstep::node {
namespace {

struct Silent final : net::Log {
  void write(net::Level, std::string_view, std::vector<net::Field>) override {}
};

// A store behind POST /v1/rpc, that applies what it is asked at once, and misbehaves as told.
class Fake {
 public:
  enum class Mood { good, silent, failing, rubbish, elsewhere, refusing };

  explicit Fake(net::asio::io_context& io, kv::Store& store, std::uint64_t& index)
      : store_(store),
        index_(index),
        server_(
            io, {},
            [this](auto&& request, auto answer) { handle(std::move(request), std::move(answer)); },
            log_) {}

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  Mood mood = Mood::good;
  unsigned refusal = 403;  // where it refuses
  bool opens = false;      // a session nevertheless
  NodeId leader;
  int asked = 0;

 private:
  void handle(net::HttpRequest&& request, net::HttpAnswer answer) {
    ++asked;
    CHECK(request.path == "/v1/rpc");
    CHECK(request.method == "POST");
    if (mood == Mood::silent) return kept_.push_back(std::move(answer));
    if (mood == Mood::failing) return answer({503, "application/json", "{}", {}});
    if (mood == Mood::rubbish) return answer({200, "application/octet-stream", "\xFF\xFF", {}});
    const auto decoded = wire::decode<kv::Request>(request.body);
    REQUIRE(decoded.has_value());
    const bool opening = std::holds_alternative<kv::OpenSession>(*decoded);
    if (mood == Mood::refusing && !(opens && opening))
      return answer(
          {refusal, "application/json", R"({"outcome":"refused","reason":"not here"})", {}});
    kv::Reply reply;
    if (mood == Mood::elsewhere) {
      const auto* wish = std::get_if<kv::ClientRequest>(&*decoded);
      reply = kv::NotLeader{wish != nullptr ? wish->serial : kv::Serial(), leader};
    } else if (const auto* wish = std::get_if<kv::ClientRequest>(&*decoded)) {
      reply = kv::is_read(wish->operation)
                  ? kv::Reply(kv::Completed{wish->serial,
                                            store_.read(std::get<kv::Get>(wish->operation).key)})
                  : store_.apply(raft::LogIndex(++index_), *wish);
    } else {
      reply = store_.apply(raft::LogIndex(++index_), kv::OpenSession{});
    }
    std::string body;
    wire::encode(reply, body);
    answer({200, "application/octet-stream", body, {}});
  }

  Silent log_;
  kv::Store& store_;
  std::uint64_t& index_;
  std::vector<net::HttpAnswer> kept_;
  net::HttpServer server_;
};

struct Stage {
  explicit Stage(int servers) {
    for (int i = 0; i < servers; ++i) fakes.push_back(std::make_unique<Fake>(io, store, index));
  }
  std::vector<Server> servers() {
    std::vector<Server> list;
    for (std::size_t i = 0; i < fakes.size(); ++i)
      list.push_back({NodeId(static_cast<std::uint32_t>(i + 1)), "127.0.0.1", fakes[i]->port()});
    return list;
  }
  std::optional<kv::ClientReply> ask(RemoteClient& client, kv::Operation operation) {
    std::optional<kv::ClientReply> answer;
    client.start(std::move(operation), [&](const kv::ClientReply& reply) { answer = reply; });
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!answer && std::chrono::steady_clock::now() < end) {
      io.run_one_for(std::chrono::milliseconds(50));
      io.restart();
    }
    return answer;
  }
  net::asio::io_context io;
  kv::Store store;
  std::uint64_t index = 0;
  std::vector<std::unique_ptr<Fake>> fakes;
};

const kv::ClientConfig brief{.attempt_timeout = milliseconds(100),
                             .timeout = seconds(2),
                             .backoff_low = milliseconds(5),
                             .backoff_high = milliseconds(20),
                             .pipeline = 4};

bool finished(const std::optional<kv::ClientReply>& reply) {
  return reply && std::holds_alternative<kv::Finished>(*reply);
}

TEST_CASE("an operation goes out and its answer comes back") {
  Stage stage(1);
  RemoteClient client(stage.io, stage.servers(), brief, 1, 1);
  CHECK(finished(stage.ask(client, kv::Put{"k", "v"})));
  const auto read = stage.ask(client, kv::Get{"k"});
  REQUIRE(finished(read));
  CHECK(std::get<kv::Finished>(*read).result == kv::Result(kv::Found{"v"}));
  CHECK(client.open() == 0);
}

TEST_CASE("silence, errors and rubbish are lost messages: another server is asked") {
  using Mood = Fake::Mood;
  for (const Mood mood : {Mood::silent, Mood::failing, Mood::rubbish}) {
    Stage stage(2);
    stage.fakes[0]->mood = mood;
    stage.fakes[1]->mood = mood;
    RemoteClient client(stage.io, stage.servers(), brief, 1, 1);
    std::optional<kv::ClientReply> answer;
    client.start(kv::Append{"k", "x"}, [&](const kv::ClientReply& reply) { answer = reply; });
    const auto both = [&] { return stage.fakes[0]->asked > 0 && stage.fakes[1]->asked > 0; };
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!both() && std::chrono::steady_clock::now() < end) {
      stage.io.run_one_for(std::chrono::milliseconds(50));
      stage.io.restart();
    }
    CHECK(both());
    stage.fakes[0]->mood = stage.fakes[1]->mood = Mood::good;
    CHECK(finished(stage.ask(client, kv::Append{"k", "y"})));
    CHECK(finished(answer));
    CHECK(stage.store.data().at("k").size() == 2);
  }
}

TEST_CASE("a hint is followed") {
  Stage stage(3);
  for (const auto& fake : stage.fakes) fake->leader = NodeId(2);
  stage.fakes[0]->mood = stage.fakes[2]->mood = Fake::Mood::elsewhere;
  RemoteClient client(stage.io, stage.servers(), brief, 1, 1);
  CHECK(finished(stage.ask(client, kv::Put{"k", "v"})));
  CHECK(stage.fakes[1]->asked >= 2);  // the session and the put
}

TEST_CASE("nobody there: a write that was sent is unknown, a read has failed") {
  Stage stage(1);
  auto servers = stage.servers();
  stage.fakes.clear();
  auto hasty = brief;
  hasty.timeout = milliseconds(300);
  RemoteClient client(stage.io, servers, hasty, 1, 1);
  const auto read = stage.ask(client, kv::Get{"k"});
  REQUIRE(read.has_value());
  CHECK(std::holds_alternative<kv::Failed>(*read));
}

const kv::ClientReply rejected = kv::Failed{kv::Reason::rejected};

TEST_CASE("what is too large for one server is answered at once, with its words") {
  for (const unsigned status : {413u, 414u, 431u}) {
    Stage stage(3);
    for (const auto& fake : stage.fakes) {
      fake->mood = Fake::Mood::refusing;
      fake->refusal = status;
      fake->opens = true;
    }
    RemoteClient client(stage.io, stage.servers(), brief, 1, 1);
    CHECK(client.refusal().status == 0);
    CHECK(stage.ask(client, kv::Put{"k", "v"}) == rejected);
    CHECK(client.refusal().status == status);
    CHECK(client.refusal().reason == "not here");
    CHECK(stage.fakes[0]->asked + stage.fakes[1]->asked + stage.fakes[2]->asked == 2);
    CHECK(stage.ask(client, kv::Get{"k"}) == rejected);
    CHECK(client.open() == 0);
  }
}

TEST_CASE("a call that every server refuses is answered when the last one has") {
  for (const unsigned status : {307u, 400u, 401u, 403u, 404u, 405u, 501u, 505u}) {
    for (const bool opens : {false, true}) {
      Stage stage(3);
      for (const auto& fake : stage.fakes) {
        fake->mood = Fake::Mood::refusing;
        fake->refusal = status;
        fake->opens = opens;
      }
      auto patient = brief;
      patient.timeout = seconds(60);
      RemoteClient client(stage.io, stage.servers(), patient, 1, 1);
      CHECK(stage.ask(client, kv::Put{"k", "v"}) == rejected);
      CHECK(client.refusal().status == status);
      for (const auto& fake : stage.fakes) CHECK(fake->asked > 0);
    }
  }
}

TEST_CASE("a server that refuses is left for the next one") {
  Stage stage(3);
  stage.fakes[0]->mood = stage.fakes[1]->mood = Fake::Mood::refusing;
  RemoteClient client(stage.io, stage.servers(), brief, 1, 1);
  for (int i = 0; i < 5; ++i) CHECK(finished(stage.ask(client, kv::Append{"k", "x"})));
  CHECK(stage.store.data().at("k") == "xxxxx");
}

TEST_CASE("an answer that may pass is a lost message") {
  for (const unsigned status : {408u, 429u, 500u, 502u, 503u, 504u}) {
    Stage stage(1);
    stage.fakes[0]->mood = Fake::Mood::refusing;
    stage.fakes[0]->refusal = status;
    stage.fakes[0]->opens = true;
    auto hasty = brief;
    hasty.timeout = milliseconds(150);
    RemoteClient client(stage.io, stage.servers(), hasty, 1, 1);
    CHECK(stage.ask(client, kv::Put{"k", "v"}) ==
          kv::ClientReply(kv::Unknown{kv::Reason::timed_out}));
  }
}

// Doubles every message, and loses the first answer of each operation.
class Bumpy final : public Road {
 public:
  void to_server(NodeId, const kv::Request&, std::function<void()> arrive) override {
    arrive();
    arrive();
  }
  void to_client(NodeId, const kv::Reply& reply, std::function<void()> arrive) override {
    const auto* completed = std::get_if<kv::Completed>(&reply);
    if (completed != nullptr && lost_.insert(completed->serial.value()).second) return;
    arrive();
    arrive();
  }

 private:
  std::set<std::uint64_t> lost_;
};

TEST_CASE("on a bad road every append takes effect once") {
  Stage stage(2);
  Bumpy road;
  RemoteClient client(stage.io, stage.servers(), brief, 1, 1, &road);
  for (int i = 0; i < 5; ++i) CHECK(finished(stage.ask(client, kv::Append{"k", "x"})));
  CHECK(stage.store.data().at("k") == "xxxxx");
}

TEST_CASE("a client may go while it is asking") {
  Stage stage(1);
  stage.fakes[0]->mood = Fake::Mood::silent;
  {
    RemoteClient client(stage.io, stage.servers(), brief, 1, 1);
    client.start(kv::Put{"k", "v"}, [](const kv::ClientReply&) { CHECK(false); });
    stage.io.run_for(std::chrono::milliseconds(20));
    stage.io.restart();
  }
  stage.io.run_for(std::chrono::milliseconds(150));
  CHECK(stage.store.data().empty());
}

}  // namespace
}  // namespace lockstep::node
