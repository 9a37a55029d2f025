// Everything that crosses a wire or goes to a disk, drawn at random: it comes back, and no damage
// to its bytes does harm.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

#include "core/base/random.hpp"
#include "core/bully/messages.hpp"
#include "core/bully/score.hpp"
#include "core/fencing/resource.hpp"
#include "core/kv/client.hpp"
#include "core/kv/protocol.hpp"
#include "core/quorum/certificate.hpp"
#include "core/raft/messages.hpp"
#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"
#include "core/wire/frame.hpp"

using namespace lockstep;

namespace {

// Draws a value of any described shape; small numbers and extreme ones alike.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  template <class T>
  T any() {
    T value{};
    fill(value);
    return value;
  }
  Random& random() { return random_; }

 private:
  std::uint64_t number(std::uint64_t most) {
    if (random_.chance({1, 8})) return most;
    const std::uint64_t drawn = random_.next() >> random_.below(64);
    return most == std::numeric_limits<std::uint64_t>::max() ? drawn : drawn % (most + 1);
  }
  void fill(bool& value) { value = random_.chance({1, 2}); }
  template <std::integral T>
  void fill(T& value) {
    value = static_cast<T>(number(std::numeric_limits<std::make_unsigned_t<T>>::max()));
  }
  template <DescribedEnum T>
  void fill(T& value) {
    value = static_cast<T>(random_.below(enumerator_count(T{})));
  }
  template <class Tag, class Rep>
  void fill(Strong<Tag, Rep>& value) {
    value = Strong<Tag, Rep>(static_cast<Rep>(number(std::numeric_limits<Rep>::max())));
  }
  void fill(Duration& value) { value = Duration(static_cast<std::int64_t>(random_.next())); }
  void fill(Instant& value) { value = Instant(static_cast<std::int64_t>(random_.next())); }
  void fill(std::string& value) {
    for (std::uint64_t left = random_.below(random_.chance({1, 20}) ? 600 : 12); left > 0; --left) {
      value += static_cast<char>(random_.below(256));
    }
  }
  void fill(Bytes& value) {
    std::string text;
    fill(text);
    value = Bytes(text);
  }
  template <class T, std::size_t N>
  void fill(std::array<T, N>& values) {
    for (T& value : values) fill(value);
  }
  template <class T>
  void fill(std::optional<T>& value) {
    if (random_.chance({1, 2})) fill(value.emplace());
  }
  template <class T>
  void fill(std::vector<T>& values) {
    for (std::uint64_t left = random_.below(4); left > 0; --left) fill(values.emplace_back());
  }
  template <Described T>
  void fill(T& value) {
    T::fields(value, [this](std::string_view, auto& field) { this->fill(field); });
  }
  template <Variant T>
  void fill(T& value) {
    const std::size_t index = random_.below(std::variant_size_v<T>);
    choose(value, index, std::make_index_sequence<std::variant_size_v<T>>());
  }
  template <class T, std::size_t... Is>
  void choose(T& value, std::size_t index, std::index_sequence<Is...>) {
    ((index == Is ? this->fill(value.template emplace<Is>()) : void()), ...);
  }

  Random random_;
};

template <class T>
std::string written(const T& value) {
  std::string out;
  wire::encode(value, out);
  return out;
}

// Whatever these bytes decode to, they are its one encoding.
template <class T>
void is_harmless(std::string_view bytes) {
  const auto value = wire::decode<T>(bytes);
  if (value && written(*value) != bytes) FAIL("two encodings of one value: " << to_text(*value));
}

// What messages and records of a scored, certified election are made of.
using ElectionParts =
    std::variant<bully::Measures, bully::Breakdown, bully::Fitness, fencing::Action,
                 fencing::Verdict, fencing::Kept, quorum::Table, quorum::Claim, quorum::Vote,
                 quorum::Certificate, quorum::Evidence, quorum::PublicKey, quorum::SecretKey>;

}  // namespace

TEST_CASE_TEMPLATE("what is sent and stored", T, raft::Message, raft::Record, kv::Request,
                   kv::Reply, kv::Command, kv::Client::Alphabet::Message, bully::Message,
                   ElectionParts) {
  Draw draw(1);
  SUBCASE("comes back, in a frame as well, and is one line of text") {
    for (int round = 0; round < 3000; ++round) {
      const T value = draw.any<T>();
      const std::string bytes = written(value);
      REQUIRE(wire::decode<T>(bytes) == value);
      std::string frame;
      wire::append_frame(bytes, frame);
      REQUIRE(std::get<wire::Frame>(wire::read_frame(frame)).payload == bytes);
      REQUIRE(to_text(value).find('\n') == std::string::npos);
    }
  }
  SUBCASE("cut short is nothing, and so is anything behind it") {
    for (int round = 0; round < 300; ++round) {
      const std::string bytes = written(draw.any<T>());
      for (std::size_t size = 0; size < bytes.size(); ++size) {
        REQUIRE_FALSE(wire::decode<T>(std::string_view(bytes).substr(0, size)).has_value());
      }
      REQUIRE_FALSE(wire::decode<T>(bytes + '\0').has_value());
    }
  }
  SUBCASE("with any bit flipped is refused or another value, never harm") {
    for (int round = 0; round < 100; ++round) {
      std::string bytes = written(draw.any<T>());
      for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        const auto flip = static_cast<char>(1 << (bit % 8));
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ flip);
        is_harmless<T>(bytes);
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ flip);
      }
    }
  }
  SUBCASE("may be any bytes at all") {
    Random& random = draw.random();
    std::string bytes;
    for (int round = 0; round < 30000; ++round) {
      bytes.clear();
      const std::uint64_t range = random.chance({1, 2}) ? 256 : 10;
      for (std::uint64_t left = random.below(60); left > 0; --left) {
        bytes += static_cast<char>(random.below(range));
      }
      is_harmless<T>(bytes);
    }
  }
}

TEST_CASE("claimed lengths are held against the bytes that follow, at every depth") {
  // append_entries with 2^63 entries; then with one entry of a 2^63 byte command.
  const std::string huge = written(std::uint64_t{1} << 63);
  const std::string head("\x06\x01\x01\x01\x01\x01", 6);
  CHECK_FALSE(wire::decode<raft::Message>(head + huge).has_value());
  CHECK_FALSE(wire::decode<raft::Message>(head + "\x01\x01\x01" + huge).has_value());
  CHECK(wire::decode<raft::Message>(head + std::string("\x01\x01\x01\x00", 4)).has_value());
}

TEST_CASE("the bytes of format 1 do not change") {
  const raft::Message append = raft::AppendEntries{
      .term = raft::Term(300),
      .prev_index = raft::LogIndex(7),
      .prev_term = raft::Term(2),
      .commit = raft::LogIndex(6),
      .round = raft::ReadRound(1),
      .entries = {{raft::Term(3), raft::EntryKind::command, "ab"}, {raft::Term(300), {}, ""}}};
  CHECK(written(append) == std::string("\x06\xAC\x02\x07\x02\x06\x01\x02"
                                       "\x03\x01\x02"
                                       "ab"
                                       "\xAC\x02\x00\x00",
                                       17));
  const kv::Request request = kv::ClientRequest{kv::SessionId(2), kv::Serial(5), kv::Serial(4),
                                                kv::CompareAndSet{"k", std::nullopt, "v"}};
  CHECK(written(request) == std::string("\x00\x02\x05\x04\x04\x01k\x00\x01v", 10));
  CHECK(written(kv::Request(kv::OpenSession{})) == "\x01");
  CHECK(written(kv::Command(std::get<kv::ClientRequest>(request))) == written(request));
  CHECK(written(kv::Command(kv::OpenSession{})) == "\x01");
  const raft::Record record{raft::Term(2), NodeId(1), raft::LogIndex(9), {}};
  CHECK(written(record) == std::string("\x02\x01\x09\x00", 4));
}
