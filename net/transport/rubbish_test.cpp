// Random and mutated bytes. LOCKSTEP_FUZZ_FRAMES says how many damaged frames are sent through
// sockets; a few thousand where it is not set.
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>

#include "core/base/random.hpp"
#include "core/wire/crc32c.hpp"
#include "core/wire/frame.hpp"
#include "net/transport/inbox.hpp"
#include "net/transport/seal.hpp"
#include "net/transport/transports_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::net;

namespace {

std::string random_bytes(Random& random, std::size_t most) {
  std::string bytes(random.below(most + 1), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.next());
  return bytes;
}

std::string framed(std::string_view payload) {
  std::string frame;
  wire::append_frame(payload, frame);
  return frame;
}

// A frame whose checksum is right and whose length or version is not.
std::string forged(std::uint32_t length, char version, std::string_view payload) {
  std::string frame(8, '\0');
  std::memcpy(frame.data(), &length, 4);
  const std::string body = version + std::string(payload);
  const std::uint32_t crc = wire::crc32c(body, wire::crc32c({frame.data(), 4}));
  std::memcpy(frame.data() + 4, &crc, 4);
  return frame + body;
}

std::string damaged(Random& random, const std::string& whole) {
  std::string bytes = whole;
  switch (random.below(8)) {
    case 0: return random_bytes(random, 200);
    case 1: return std::string(random.below(100), '\0');
    case 2: return bytes.substr(0, random.below(bytes.size()));
    case 3: return bytes.substr(1 + random.below(bytes.size()));
    case 4: return forged(static_cast<std::uint32_t>(random.next()), 1, bytes);
    case 5: return forged(static_cast<std::uint32_t>(bytes.size() + 1), 2, bytes);
    case 6:
      bytes.insert(random.below(bytes.size()), 1, static_cast<char>(random.next()));
      return bytes;
    default:
      for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
        bytes[random.below(bytes.size())] ^= static_cast<char>(1u << random.below(8));
      }
      return bytes;
  }
}

std::string hello(Random& random) {
  Hello made{.protocol = protocol_version,
             .cluster = "blue",
             .from = NodeId(2),
             .to = NodeId(1),
             .incarnation = 1};
  if (random.below(8) == 0) made.cluster = random_bytes(random, 900);
  if (random.below(8) == 0) made.from = NodeId(static_cast<std::uint32_t>(random.next()));
  if (random.below(8) == 0) made.to = NodeId(static_cast<std::uint32_t>(random.below(4)));
  if (random.below(8) == 0) made.protocol = static_cast<std::uint32_t>(random.below(4));
  const std::string frame = handshake_frame(made);
  return random.below(4) == 0 ? damaged(random, frame) : frame;
}

std::uint64_t frames_wanted(std::uint64_t usual) {
  const char* const given = std::getenv("LOCKSTEP_FUZZ_FRAMES");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : usual;
}

}  // namespace

TEST_CASE("damaged frames end their connection and nothing else; what is delivered was sent") {
  Members members(3, [](TransportOptions& options) { options.largest_message = 100'000; });
  members.start(1);
  members.start(3);
  REQUIRE(members.connected(3, 1));
  Random random(frames_wanted(2000));
  std::uint64_t sent = 0, answered = 0;
  for (std::uint64_t left = frames_wanted(2000); left > 0; --left) {
    std::string bytes = hello(random);
    for (std::uint64_t good = random.below(3); good > 0; --good) {
      bytes += framed("good" + std::string(random.below(20) == 0 ? 50'000 : 5, 'g'));
    }
    if (random.below(50) == 0) bytes += framed(std::string(100'001, 'l'));
    bytes += damaged(random, framed("good" + std::string(random.below(100), 'b')));
    RawPeer peer(members, 1);
    peer.socket().set_option(asio::socket_base::linger(true, 0));
    for (std::string_view rest = bytes; !rest.empty();) {
      const std::size_t part = random.below(4) == 0 ? 1 + random.below(rest.size()) : rest.size();
      peer.send(rest.substr(0, part));
      rest.remove_prefix(part);
      members.io.poll();
    }
    ErrorCode gone;  // where the transport was faster
    peer.socket().shutdown(asio::ip::tcp::socket::shutdown_send, gone);
    const auto answer = peer.rest();
    REQUIRE(answer);
    answered += answer->empty() ? 0 : 1;
    for (const auto& [from, message] : members.got[1]) {
      REQUIRE(from == 2);
      REQUIRE(message.starts_with("good"));
      ++sent;
    }
    members.got[1].clear();
  }
  CHECK(sent > 0);
  CHECK(answered > 0);
  CHECK(members.status(3, 1).connects == 1);
  members.send(3, 1, "unharmed");
  CHECK(members.until([&] { return members.got[1].size() == 1; }));
}

TEST_CASE("an inbox finds in pieces what read_frame finds in the whole") {
  Random random(5);
  for (std::uint64_t round = 0; round < 3000; ++round) {
    std::string bytes;
    for (std::uint64_t frames = random.below(6); frames > 0; --frames) {
      bytes += framed(random_bytes(random, random.below(10) == 0 ? 5000 : 30));
    }
    if (random.below(2) == 0) bytes += damaged(random, framed("the last one"));
    std::vector<std::string> expected, found;
    std::string_view rest = bytes;
    bool bad = false, bad_expected = false;
    while (true) {
      const auto next = wire::read_frame(rest);
      const auto* frame = std::get_if<wire::Frame>(&next);
      if (frame == nullptr) {
        const auto* part = std::get_if<wire::Incomplete>(&next);
        bad_expected = part == nullptr || part->needed > 6000 + wire::frame_overhead;
        break;
      }
      expected.emplace_back(frame->payload);
      rest.remove_prefix(frame->size);
    }
    Inbox inbox(64, 6000);
    for (std::string_view coming = bytes; !coming.empty() && !bad;) {
      const auto space = inbox.space();
      const auto part = std::min<std::size_t>({space.size(), coming.size(), 1 + random.below(80)});
      std::memcpy(space.data(), coming.data(), part);
      inbox.arrived(part);
      coming.remove_prefix(part);
      while (true) {
        const auto next = inbox.next();
        bad = std::holds_alternative<Inbox::Damaged>(next);
        if (!std::holds_alternative<std::string_view>(next)) break;
        found.emplace_back(std::get<std::string_view>(next));
      }
    }
    REQUIRE(found == expected);
    REQUIRE(bad == bad_expected);
  }
}

TEST_CASE("no rubbish opens a seal") {
  Random random(6);
  Datagram datagram{.cluster = "blue",
                    .from = NodeId(1),
                    .to = NodeId(2),
                    .incarnation = 3,
                    .plain_size = 0,
                    .content = "beat"};
  const std::string sealed = seal(datagram, "key");
  CHECK(unseal(sealed, "key") == datagram);
  CHECK(!unseal(sealed, "another key"));
  CHECK(!unseal("", "key"));
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = damaged(random, sealed);
    if (bytes != sealed) REQUIRE(!unseal(bytes, "key"));
  }
  // Sealed rightly, and yet not what it says.
  fill(datagram, std::string(5000, 'z'), 512);
  REQUIRE(datagram.plain_size == 5000);
  CHECK(message_of(Datagram(datagram), 5000) == std::string(5000, 'z'));
  CHECK(!message_of(Datagram(datagram), 4999));
  datagram.plain_size = 4000;
  CHECK(!message_of(Datagram(datagram), 5000));
  datagram.plain_size = 5001;
  CHECK(!message_of(Datagram(datagram), 10'000));
  datagram.content = random_bytes(random, 100);
  CHECK(!message_of(Datagram(datagram), 10'000));
}
