#include "core/wire/frame.hpp"

#include <doctest/doctest.h>

#include "core/base/check.hpp"
#include "core/base/random.hpp"
#include "core/wire/crc32c.hpp"

using namespace lockstep;
using wire::Corrupt;
using wire::Frame;
using wire::Incomplete;
using wire::read_frame;

namespace {

std::string framed(std::string_view payload) {
  std::string out;
  wire::append_frame(payload, out);
  return out;
}
std::string repeated(char byte) { return std::string(32, byte); }

}  // namespace

TEST_CASE("CRC-32C has the published values") {
  CHECK(wire::crc32c("") == 0);
  CHECK(wire::crc32c("123456789") == 0xE3069283u);
  // RFC 3720, appendix B.4.
  CHECK(wire::crc32c(repeated('\0')) == 0x8A9136AAu);
  CHECK(wire::crc32c(repeated('\xFF')) == 0x62A8AB43u);
  std::string ascending;
  for (char byte = 0; byte < 32; ++byte) ascending += byte;
  CHECK(wire::crc32c(ascending) == 0x46DD794Eu);
  CHECK(wire::crc32c(std::string(ascending.rbegin(), ascending.rend())) == 0x113FDB5Cu);
}

TEST_CASE("CRC-32C in parts is CRC-32C of the whole") {
  std::string text;
  Random random(1);
  for (int i = 0; i < 100; ++i) text += static_cast<char>(random.below(256));
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string_view view = text;
    CHECK(wire::crc32c(view.substr(cut), wire::crc32c(view.substr(0, cut))) == wire::crc32c(text));
  }
}

TEST_CASE("CRC-32C is a division bit by bit, with and without the processor's instruction") {
  Random random(2);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string text;
    while (text.size() < size) text += static_cast<char>(random.below(256));
    const auto before = static_cast<std::uint32_t>(random.below(std::uint64_t{1} << 32));
    std::uint32_t remainder = ~before;
    for (const char byte : text) {
      remainder ^= static_cast<unsigned char>(byte);
      for (int bit = 0; bit < 8; ++bit)
        remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0x82F63B78u : 0);
    }
    CHECK(wire::crc32c(text, before) == ~remainder);
    CHECK(wire::crc32c_by_tables(text, before) == ~remainder);
  }
}

TEST_CASE("a frame has the documented bytes") {
  CHECK(framed("").substr(0, 4) == std::string("\x01\0\0\0", 4));
  const std::string frame = framed("123");
  CHECK(frame.size() == 3 + wire::frame_overhead);
  CHECK(frame.substr(0, 4) == std::string("\x04\0\0\0", 4));
  CHECK(frame.substr(8) ==
        "\x01"
        "123");
}

TEST_CASE("frames follow one another and each is read from its start") {
  const std::string bytes = framed("first") + framed("") + framed(std::string(70000, 'x'));
  std::string_view rest = bytes;
  for (const std::string& payload :
       {std::string("first"), std::string(), std::string(70000, 'x')}) {
    const auto read = read_frame(rest);
    REQUIRE(std::holds_alternative<Frame>(read));
    const Frame frame = std::get<Frame>(read);
    CHECK(frame.payload == payload);
    CHECK(frame.size == payload.size() + wire::frame_overhead);
    rest.remove_prefix(frame.size);
  }
  CHECK(read_frame(rest) == decltype(read_frame(rest))(Incomplete{wire::frame_overhead}));
}

TEST_CASE("every torn frame is incomplete and says what it waits for") {
  const std::string bytes = framed("some payload");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = read_frame(std::string_view(bytes).substr(0, size));
    REQUIRE(std::holds_alternative<Incomplete>(read));
    const std::size_t needed = std::get<Incomplete>(read).needed;
    CHECK(needed == (size < wire::frame_overhead ? wire::frame_overhead : bytes.size()));
  }
}

TEST_CASE("no flipped bit yields a frame") {
  const std::string bytes = framed("some payload");
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    CAPTURE(bit);
    CHECK_FALSE(std::holds_alternative<Frame>(read_frame(damaged)));
    // With more bytes behind it, as in a log, only a length can make it wait.
    if (bit >= 32) CHECK(std::holds_alternative<Corrupt>(read_frame(damaged + damaged)));
  }
}

TEST_CASE("zeros, absurd lengths and other versions are refused with a reason") {
  const auto reason = [](std::string_view bytes) {
    const auto read = read_frame(bytes);
    return std::holds_alternative<Corrupt>(read) ? std::get<Corrupt>(read).reason : "";
  };
  CHECK(reason(std::string(100, '\0')) == "a length of 0");
  CHECK(reason(std::string(100, '\xFF')) == "a length above the largest");
  std::string later = framed("x");
  later[8] = 2;
  CHECK(reason(later) == "the checksum does not match");
  std::string covered = later.substr(0, 4) + later.substr(8);
  const std::uint32_t crc = wire::crc32c(covered);
  for (unsigned i = 0; i < 4; ++i) later[4 + i] = static_cast<char>(crc >> (8 * i));
  CHECK(reason(later) == "a version this program does not know");
}

TEST_CASE("the largest payload is waited for, a larger one is not") {
  const auto read = [](std::size_t payload) {
    std::string head(wire::frame_overhead, '\0');
    for (unsigned i = 0; i < 4; ++i) head[i] = static_cast<char>((payload + 1) >> (8 * i));
    return read_frame(head);
  };
  const std::size_t whole = wire::largest_payload + wire::frame_overhead;
  CHECK(read(wire::largest_payload) == decltype(read(0))(Incomplete{whole}));
  CHECK(std::holds_alternative<Corrupt>(read(wire::largest_payload + 1)));
}

TEST_CASE("random bytes are never a frame and never a crash") {
  Random random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes;
    for (std::uint64_t left = random.below(40); left > 0; --left) {
      bytes += static_cast<char>(random.below(random.chance({1, 2}) ? 256 : 4));
    }
    CHECK_FALSE(std::holds_alternative<Frame>(read_frame(bytes)));
  }
}
