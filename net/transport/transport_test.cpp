#include "net/transport/transport.hpp"

#include <doctest/doctest.h>

#include "core/wire/frame.hpp"
#include "net/transport/transports_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::net;

namespace {

std::string numbered(int number, std::size_t size) {
  std::string text = std::to_string(number) + ":";
  text.resize(std::max(size, text.size()), static_cast<char>('a' + number % 26));
  return text;
}

std::string hello_of(std::uint32_t from, std::uint32_t to, std::uint64_t incarnation = 1) {
  return handshake_frame(Hello{.protocol = protocol_version,
                               .cluster = "blue",
                               .from = NodeId(from),
                               .to = NodeId(to),
                               .incarnation = incarnation});
}

}  // namespace

TEST_CASE("messages arrive whole, once and in order, in both directions") {
  Members members(2);
  members.start(1);
  members.start(2);
  constexpr int count = 3000;
  for (int i = 0; i < count; ++i) {
    members.at(1).send(NodeId(2), Channel::reliable, numbered(i, static_cast<std::size_t>(i)));
    members.at(2).send(NodeId(1), Channel::reliable, numbered(i, 20));
    if (i % 7 == 0) members.at(1).flush();
    if (i % 11 == 0) members.at(2).flush();
    if (i % 50 == 0) members.io.poll();
  }
  members.at(1).flush();
  members.at(2).flush();
  REQUIRE(members.until(
      [&] { return members.got[1].size() >= count && members.got[2].size() >= count; }));
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    REQUIRE(members.got[2][at] == std::pair(1u, numbered(i, at)));
    REQUIRE(members.got[1][at] == std::pair(2u, numbered(i, 20)));
  }
  const PeerStatus status = members.status(1, 2);
  CHECK(status.sent_messages == count);
  CHECK(status.received_messages == count);
  CHECK(status.dropped_messages == 0);
  CHECK(status.queued_bytes == 0);
  CHECK(status.connects == 1);
}

TEST_CASE("nothing leaves before flush") {
  Members members(2);
  members.start(1);
  members.start(2);
  REQUIRE(members.connected(1, 2));
  members.at(1).send(NodeId(2), Channel::reliable, "early");
  members.send(2, 1, "marker");
  REQUIRE(members.until([&] { return !members.got[1].empty(); }));
  CHECK(members.got[2].empty());
  CHECK(members.status(1, 2).queued_bytes > 0);
  members.at(1).flush();
  CHECK(members.until([&] { return !members.got[2].empty(); }));
}

TEST_CASE("an empty message and the largest one arrive; a larger one is dropped and said") {
  Members members(2);
  members.start(1);
  members.start(2);
  const std::size_t largest = members.options(1, 1).largest_message;
  members.at(1).send(NodeId(2), Channel::reliable, "");
  members.at(1).send(NodeId(2), Channel::reliable, numbered(1, largest));
  members.at(1).send(NodeId(2), Channel::reliable, numbered(2, largest + 1));
  members.send(1, 2, "after");
  REQUIRE(members.until([&] { return members.got[2].size() == 3; }));
  CHECK(members.got[2][0].second.empty());
  CHECK((members.got[2][1].second == numbered(1, largest)));
  CHECK(members.got[2][2].second == "after");
  CHECK(members.status(1, 2).dropped_messages == 1);
  CHECK(members.logs[1].has("dropped a message that is too large"));
}

TEST_CASE("a reliable message waits for a peer that is away, a datagram does not") {
  Members members(2);
  members.start(1);
  members.send(1, 2, "first");
  members.send(1, 2, "late", Channel::datagram);
  members.io.poll();
  CHECK(members.status(1, 2).dropped_messages == 1);
  members.start(2);
  REQUIRE(members.until([&] { return members.got[2].size() == 1; }));
  CHECK(members.got[2][0].second == "first");
  members.send(1, 2, "in time", Channel::datagram);
  CHECK(members.until([&] { return members.got[2].size() == 2; }));
}

TEST_CASE("a peer that comes back is dialled again, and dials again") {
  Members members(2);
  members.start(1);
  for (std::uint64_t incarnation = 1; incarnation <= 3; ++incarnation) {
    members.start(2, incarnation);
    REQUIRE(members.connected(1, 2));
    REQUIRE(members.connected(2, 1));
    members.send(1, 2, "to " + std::to_string(incarnation));
    members.send(2, 1, "from " + std::to_string(incarnation));
    REQUIRE(members.until([&] {
      return members.got[1].size() == incarnation && members.got[2].size() == incarnation;
    }));
    members.stop(2);
    REQUIRE(members.until([&] { return !members.status(1, 2).connected; }));
  }
  CHECK(members.status(1, 2).connects == 3);
}

TEST_CASE("a peer that dials is dialled at once, however long the wait before it") {
  Members members(
      2, [](TransportOptions& options) { options.retry_low = options.retry_high = seconds(600); });
  members.start(1);
  REQUIRE(members.until([&] { return members.logs[1].has("cannot reach a peer"); }));
  members.start(2);
  CHECK(members.connected(2, 1));
  CHECK(members.connected(1, 2));
}

TEST_CASE("a full queue drops its oldest messages and counts them") {
  Members members(2, [](TransportOptions& options) { options.queue_bytes = 10 * (100 + 9); });
  members.start(1);
  for (int i = 0; i < 25; ++i) members.send(1, 2, numbered(i, 100));
  CHECK(members.status(1, 2).dropped_messages == 15);
  CHECK(members.status(1, 2).queued_bytes == 10 * (100 + 9));
  members.start(2);
  REQUIRE(members.until([&] { return members.got[2].size() == 10; }));
  for (int i = 0; i < 10; ++i) {
    CHECK(members.got[2][static_cast<std::size_t>(i)].second == numbered(i + 15, 100));
  }
}

TEST_CASE("a peer that never reads stalls nobody else, and costs bounded memory") {
  Members members(3, [](TransportOptions& options) { options.queue_bytes = 4 * 1024 * 1024; });
  asio::ip::tcp::acceptor lazy(members.io, {asio::ip::address_v4::loopback(), members.ports[1]});
  asio::ip::tcp::socket held(members.io);
  lazy.async_accept(held, [&](const ErrorCode& error) {
    REQUIRE(!error);
    asio::write(held, asio::buffer(handshake_frame(Accepted{})));
  });
  members.start(1);
  members.start(3);
  REQUIRE(members.connected(1, 2));
  REQUIRE(members.connected(1, 3));
  const std::string large(100'000, 'x');
  for (std::size_t i = 1; i <= 300; ++i) {
    members.at(1).send(NodeId(2), Channel::reliable, large);
    members.send(1, 3, "quick");
    REQUIRE(members.until([&] { return members.got[3].size() == i; }));
  }
  const PeerStatus slow = members.status(1, 2);
  CHECK(slow.connected);
  CHECK(slow.dropped_messages > 100);
  CHECK(slow.queued_bytes <= 4 * 1024 * 1024);
  CHECK(members.status(1, 3).dropped_messages == 0);
}

TEST_CASE("a connection replaces one of the same or an earlier incarnation, not a later one") {
  Members members(2);
  members.start(1);
  RawPeer first(members, 1), same(members, 1), earlier(members, 1);
  const std::string accepted = handshake_frame(Accepted{});
  first.send(hello_of(2, 1, 7));
  REQUIRE(first.reads(accepted.size()));
  same.send(hello_of(2, 1, 7));
  REQUIRE(same.reads(accepted.size()));
  CHECK(first.rest() == accepted);
  earlier.send(hello_of(2, 1, 6));
  const auto answer = earlier.rest();
  REQUIRE(answer);
  CHECK(answer->find("a later incarnation of node 2 is connected") != std::string::npos);
  std::string frame;
  wire::append_frame("still here", frame);
  same.send(frame);
  CHECK(members.until([&] { return members.got[1].size() == 1; }));
}

TEST_CASE("a hello that is wrong is refused with a reason in the answer and in the log") {
  Members members(2);
  members.start(1);
  std::string hello, reason;
  SUBCASE("version") {
    const std::string payload = std::string("\x00", 1) + char(protocol_version + 1) +
                                "the rest is for that version to know";
    wire::append_frame(payload, hello);
    reason = "it speaks version " + std::to_string(protocol_version + 1) +
             " of the transport's protocol, this node version " + std::to_string(protocol_version);
  }
  SUBCASE("cluster") {
    hello = handshake_frame(Hello{.protocol = protocol_version,
                                  .cluster = "r\x01"
                                             "d",
                                  .from = NodeId(2),
                                  .to = NodeId(1),
                                  .incarnation = 1});
    reason = "it belongs to cluster \"r?d\", this node to \"blue\"";
  }
  SUBCASE("unknown node") {
    hello = hello_of(9, 1);
    reason = "node 9 is no peer of this node";
  }
  SUBCASE("itself") {
    hello = hello_of(1, 1);
    reason = "node 1 is no peer of this node";
  }
  SUBCASE("another one meant") {
    hello = hello_of(2, 3);
    reason = "it means to reach node 3, this is node 1";
  }
  RawPeer peer(members, 1);
  peer.send(hello);
  CHECK(peer.rest() == handshake_frame(Refused{reason}));
  CHECK(members.logs[1].has("refused a connection"));
  CHECK(members.logs[1].has(reason));
}

TEST_CASE("the one who is refused says so as well, and neither floods its log") {
  Members members(2, [](TransportOptions& options) {
    if (options.self.id == NodeId(2)) options.cluster = "red";
    options.retry_high = milliseconds(5);
  });
  members.start(1);
  members.start(2);
  REQUIRE(members.until([&] { return members.logs[1].has("refused by a peer"); }));
  REQUIRE(members.until([&] { return members.logs[2].has("refused by a peer"); }));
  // Each refuses the other, and is refused.
  for (const std::uint32_t id : {1u, 2u}) {
    CHECK(members.logs[id].has("it belongs to cluster \"blue\", this node to \"red\""));
    CHECK(members.logs[id].has("it belongs to cluster \"red\", this node to \"blue\""));
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  members.until([&] { return std::chrono::steady_clock::now() > end; });
  CHECK(members.logs[1].lines.size() <= 4);
  CHECK(members.logs[2].lines.size() <= 4);
}

TEST_CASE("who says nothing is closed, and is not in the way of others") {
  Members members(
      2, [](TransportOptions& options) { options.handshake_time_out = milliseconds(300); });
  members.start(1);
  std::vector<std::unique_ptr<RawPeer>> silent;
  for (int i = 0; i < 80; ++i) {
    silent.push_back(std::make_unique<RawPeer>(members, 1));
    members.io.poll();
  }
  members.start(2);
  CHECK(members.connected(2, 1));
  for (const auto& peer : silent) CHECK(peer->rest() == "");
  CHECK(members.logs[1].has("too many wait for a handshake"));
  CHECK(members.logs[1].has("no handshake within 300 ms"));
}

TEST_CASE("what the receiver does not take for a message ends that connection only") {
  Members members(3);
  members.start(1);
  bool delayed = false;
  SUBCASE("at once") {}
  SUBCASE("after a fault's delay") { delayed = true; }
  if (delayed)
    members.at(1).faults().set(NodeId(2), Direction::in, {false, milliseconds(1), {}, {}});
  members.start(2);
  members.start(3);
  REQUIRE(members.connected(2, 1));
  REQUIRE(members.connected(3, 1));
  members.send(2, 1, "no message");
  REQUIRE(members.until([&] { return members.status(2, 1).connects == 2; }));
  CHECK(members.logs[1].has("a frame that holds no message"));
  CHECK(members.status(3, 1).connects == 1);
}

TEST_CASE("a dialled port that answers rubbish, or nothing, is tried again") {
  Members members(
      2, [](TransportOptions& options) { options.handshake_time_out = milliseconds(100); });
  asio::ip::tcp::acceptor strange(members.io, {asio::ip::address_v4::loopback(), members.ports[1]});
  int accepted = 0;
  std::vector<asio::ip::tcp::socket> held;
  std::function<void()> accept = [&] {
    strange.async_accept([&](const ErrorCode& error, asio::ip::tcp::socket socket) {
      if (error) return;
      if (++accepted % 2 == 0)
        asio::write(socket, asio::buffer(std::string("HTTP/1.1 400 Bad\r\n")));
      held.push_back(std::move(socket));
      accept();
    });
  };
  accept();
  members.start(1);
  REQUIRE(members.until([&] { return accepted >= 5; }));
  CHECK(members.logs[1].has("no answer within 100 ms"));
  CHECK(members.logs[1].has("a peer did not answer"));
  strange.close();
  members.io.poll();
  members.start(2);
  CHECK(members.connected(1, 2));
}

TEST_CASE("a transport says where it cannot listen") {
  Members members(2);
  members.start(1);
  const auto nobody_there = [](NodeId, std::string_view) { return true; };
  TransportOptions options = members.options(2, 1);
  options.self.port = members.ports[0];
  CHECK_THROWS_WITH(Transport(members.io, options, nobody_there, members.logs[2]),
                    doctest::Contains("cannot listen for peers at 127.0.0.1"));
  options.self.port = 0;
  options.datagrams = true;
  options.datagram_key = "key";
  const Transport free(members.io, options, nobody_there, members.logs[2]);
  CHECK(free.port() != 0);
}
