#include "net/transport/datagrams.hpp"

#include <doctest/doctest.h>

#include "core/base/random.hpp"
#include "core/wire/frame.hpp"
#include "net/transport/transports_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::net;

namespace {

struct DatagramPair : Members {
  DatagramPair()
      : Members(2, [](TransportOptions& options) {
          options.datagrams = true;
          options.datagram_key = "a key";
        }) {
    start(1, 5);
    start(2, 5);
    REQUIRE(connected(1, 2));
    REQUIRE(connected(2, 1));
  }
  void beat(std::string_view message) { send(1, 2, message, Channel::datagram); }
  std::size_t arrived() { return got[2].size(); }
};

// A socket that is nobody's, and what node 1 would say through it.
struct Stranger {
  explicit Stranger(DatagramPair& pair)
      : socket(pair.io, asio::ip::udp::endpoint(asio::ip::address_v4::loopback(), 0)),
        to(asio::ip::address_v4::loopback(), pair.ports[1]) {}
  void send(const std::string& bytes) { socket.send_to(asio::buffer(bytes), to); }

  Datagram datagram{.cluster = "blue",
                    .from = NodeId(1),
                    .to = NodeId(2),
                    .incarnation = 5,
                    .plain_size = 0,
                    .content = "forged"};
  asio::ip::udp::socket socket;
  asio::ip::udp::endpoint to;
};

bool has_ipv6() {
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor(io);
  ErrorCode error;
  acceptor.open(asio::ip::tcp::v6(), error);
  if (!error) acceptor.bind({asio::ip::address_v6::loopback(), 0}, error);
  return !error;
}

}  // namespace

TEST_CASE("a datagram arrives; what compresses takes few bytes") {
  DatagramPair pair;
  pair.beat("beat");
  REQUIRE(pair.until([&] { return pair.arrived() == 1; }));
  CHECK(pair.got[2][0] == std::pair(1u, std::string("beat")));
  const auto before = pair.status(1, 2).sent_bytes;
  const std::string large(300'000, 'a');
  pair.beat(large);
  REQUIRE(pair.until([&] { return pair.arrived() == 2; }));
  CHECK((pair.got[2][1].second == large));
  CHECK(pair.status(1, 2).sent_bytes - before < 5000);
  CHECK(pair.status(2, 1).received_messages == 2);
}

TEST_CASE("nothing leaves before flush, datagrams neither") {
  DatagramPair pair;
  pair.at(1).send(NodeId(2), Channel::datagram, "beat");
  pair.send(2, 1, "marker", Channel::datagram);
  REQUIRE(pair.until([&] { return pair.got[1].size() == 1; }));
  CHECK(pair.arrived() == 0);
  pair.at(1).flush();
  CHECK(pair.until([&] { return pair.arrived() == 1; }));
}

TEST_CASE("what is too large for a datagram takes the stream") {
  DatagramPair pair;
  Random random(3);
  std::string noise(200'000, '\0');
  for (char& byte : noise) byte = static_cast<char>(random.next());
  pair.beat(noise);
  REQUIRE(pair.until([&] { return pair.arrived() == 1; }));
  CHECK((pair.got[2][0].second == noise));
}

TEST_CASE("where a member listens decides how its datagrams travel, not whether they arrive") {
  struct Row {
    std::string first;   // where node 1 listens
    std::string second;  // node 2, which is also where node 1 dials it
    bool datagram;
  };
  for (const Row& row : {Row{"::1", "::1", true}, Row{"::", "127.0.0.1", true},
                         Row{"::", "::1", true}, Row{"localhost", "localhost", true},
                         Row{"0.0.0.0", "::1", false}, Row{"::1", "127.0.0.1", false}}) {
    CAPTURE(row.first);
    CAPTURE(row.second);
    if (!has_ipv6() && (row.first + row.second).find(':') != std::string::npos) continue;
    Members members(2, [&](TransportOptions& options) {
      options.datagrams = true;
      options.datagram_key = "a key";
      const bool is_first = options.self.id == NodeId(1);
      options.self.host = is_first ? row.first : row.second;
      options.peers[0].host = is_first ? row.second : "127.0.0.1";
    });
    members.start(1);
    members.start(2);
    REQUIRE(members.connected(1, 2));
    const auto before = members.status(1, 2).sent_bytes;
    members.at(1).send(NodeId(2), Channel::datagram, "beat");
    members.at(1).flush();
    CHECK(members.until([&] { return members.got[2].size() == 1; }));
    CHECK(members.status(1, 2).dropped_messages == 0);
    // A seal is longer than a frame.
    const auto sent = members.status(1, 2).sent_bytes - before;
    CHECK((sent > 4 + wire::frame_overhead) == row.datagram);
  }
}

TEST_CASE("a datagram that is forged, old or meant for others is dropped and said") {
  DatagramPair pair;
  Stranger stranger(pair);
  std::string key = "a key", reason;
  SUBCASE("key") {
    key = "another";
    reason = "it is not sealed with this cluster's key";
  }
  SUBCASE("cluster") {
    stranger.datagram.cluster = "red";
    reason = "it is meant for another node or cluster";
  }
  SUBCASE("from nobody") {
    stranger.datagram.from = NodeId(7);
    reason = "it is meant for another node or cluster";
  }
  SUBCASE("to another") {
    stranger.datagram.to = NodeId(3);
    reason = "it is meant for another node or cluster";
  }
  SUBCASE("incarnation") {
    stranger.datagram.incarnation = 4;
    reason = "it is from an earlier incarnation";
  }
  SUBCASE("size") {
    stranger.datagram.plain_size = 100;
    reason = "it does not unpack to what it says";
  }
  SUBCASE("no message") {
    stranger.datagram.content = "no message";
    reason = "a frame that holds no message";
  }
  stranger.send(seal(stranger.datagram, key));
  stranger.send("rubbish");
  stranger.send("");
  stranger.datagram = Stranger(pair).datagram;
  stranger.send(seal(stranger.datagram, "a key"));
  REQUIRE(
      pair.until([&] { return !pair.got[2].empty() && pair.got[2].back().second == "forged"; }));
  CHECK(pair.logs[2].has(reason));
  pair.beat("beat");
  CHECK(pair.until([&] { return pair.got[2].back().second == "beat"; }));
}
