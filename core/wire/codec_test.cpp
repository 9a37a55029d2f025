#include "core/wire/codec.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "core/base/machine.hpp"
#include "core/base/random.hpp"
#include "core/raft/messages.hpp"

using namespace lockstep;

namespace {

template <class T>
std::string encoded(const T& value) {
  std::string out;
  wire::encode(value, out);
  return out;
}
std::string bytes(std::initializer_list<unsigned> values) {
  std::string out;
  for (unsigned value : values) out += static_cast<char>(value);
  return out;
}
template <class T>
void goes_round(const T& value) {
  CHECK(wire::decode<T>(encoded(value)) == value);
}

struct Hollow {
  Nothing nothing;
  static constexpr std::string_view name = "hollow";
  static constexpr void fields(auto& self, auto&& visit) { visit("nothing", self.nothing); }
  friend bool operator==(const Hollow&, const Hollow&) = default;
};

}  // namespace

TEST_CASE("numbers have one encoding each, and it comes back") {
  CHECK(encoded(std::uint64_t{0}) == bytes({0}));
  CHECK(encoded(std::uint64_t{127}) == bytes({0x7F}));
  CHECK(encoded(std::uint64_t{128}) == bytes({0x80, 0x01}));
  CHECK(encoded(std::uint64_t{300}) == bytes({0xAC, 0x02}));
  CHECK(encoded(std::int64_t{-1}) == bytes({1}));
  CHECK(encoded(std::int64_t{1}) == bytes({2}));
  CHECK(encoded(std::int64_t{-64}) == bytes({0x7F}));
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (std::int64_t off = -1; off <= 1; ++off) {
      const std::uint64_t value = (std::uint64_t{1} << bit) + static_cast<std::uint64_t>(off);
      goes_round(value);
      goes_round(static_cast<std::int64_t>(value));
      goes_round(static_cast<std::int32_t>(value));
      goes_round(static_cast<std::uint8_t>(value));
      goes_round(static_cast<std::int8_t>(value));
      goes_round(Duration(static_cast<std::int64_t>(value)));
      goes_round(Instant(static_cast<std::int64_t>(value)));
      goes_round(raft::Term(value));
    }
  }
  goes_round(std::numeric_limits<std::uint64_t>::max());
  goes_round(std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("a number in a longer form, out of range or cut short is refused") {
  CHECK_FALSE(wire::decode<std::uint64_t>(""));
  CHECK_FALSE(wire::decode<std::uint64_t>(bytes({0x80, 0x00})));
  CHECK_FALSE(wire::decode<std::uint64_t>(bytes({0x80})));
  CHECK_FALSE(wire::decode<std::uint64_t>(bytes({0x01, 0x01})));
  CHECK_FALSE(wire::decode<std::uint64_t>(
      bytes({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02})));
  CHECK_FALSE(wire::decode<std::uint64_t>(std::string(11, '\xFF')));
  CHECK(wire::decode<std::uint64_t>(bytes({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                           0x01})) == std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(wire::decode<std::uint8_t>(bytes({0x80, 0x02})));
  CHECK_FALSE(wire::decode<std::int8_t>(bytes({0x80, 0x02})));
  CHECK_FALSE(wire::decode<NodeId>(encoded(std::uint64_t{1} << 32)));
  CHECK_FALSE(wire::decode<bool>(bytes({2})));
  CHECK_FALSE(wire::decode<raft::RoleName>(bytes({4})));
  CHECK_FALSE(wire::decode<Ratio>(bytes({1, 0})));
  CHECK_FALSE(wire::decode<Ratio>(bytes({2, 1})));
  CHECK(wire::decode<Ratio>(bytes({1, 2})) == Ratio{1, 2});
}

TEST_CASE("shapes of every kind come back") {
  using Map = FlatMap<std::string, std::optional<std::vector<std::pair<bool, raft::RoleName>>>>;
  Map map;
  goes_round(map);
  map["a"] = std::nullopt;
  map["b"].emplace().emplace_back(true, raft::RoleName::leader);
  map[std::string(1000, 'x')].emplace();
  goes_round(map);
  goes_round(std::array<std::uint32_t, 3>{1, 2, 300});
  goes_round(std::vector<Nothing>(5));
  goes_round(std::vector<Hollow>(5));
  goes_round(Vitals{1, 2, 3, milliseconds(4)});
  goes_round(Nothing{});
  goes_round(std::vector<std::string>(300, std::string(3, '\0')));
}

TEST_CASE("an array of bytes is these bytes, all of them or nothing") {
  using Four = std::array<std::uint8_t, 4>;
  const Four four{0, 0x7F, 0x80, 0xFF};
  CHECK(encoded(four) == bytes({0, 0x7F, 0x80, 0xFF}));
  goes_round(four);
  goes_round(std::array<std::uint8_t, 300>{1, 2, 3});
  CHECK_FALSE(wire::decode<Four>(bytes({1, 2, 3})));
  CHECK_FALSE(wire::decode<Four>(bytes({1, 2, 3, 4, 5})));
  Four reused{9, 9, 9, 9};
  CHECK_FALSE(wire::decode_into(bytes({1, 2}), reused));
  CHECK(reused == Four{});
}

TEST_CASE("map keys ascend strictly or the map is refused") {
  CHECK(wire::decode<FlatMap<std::uint32_t, bool>>(bytes({2, 1, 0, 2, 0})));
  CHECK_FALSE(wire::decode<FlatMap<std::uint32_t, bool>>(bytes({2, 1, 0, 1, 0})));
  CHECK_FALSE(wire::decode<FlatMap<std::uint32_t, bool>>(bytes({2, 2, 0, 1, 0})));
}

TEST_CASE("a count larger than what follows is refused before anything is allocated") {
  const std::string huge = encoded(std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(wire::decode<std::string>(huge));
  CHECK_FALSE(wire::decode<std::vector<Nothing>>(huge));
  CHECK_FALSE(wire::decode<std::vector<raft::Entry>>(huge));
  CHECK_FALSE((wire::decode<FlatMap<std::uint32_t, Nothing>>(huge)));
  CHECK_FALSE(wire::decode<std::vector<Nothing>>(encoded(std::uint64_t{1} << 40) + "aaaa"));
  CHECK_FALSE(wire::decode<std::vector<Nothing>>(bytes({2, 0})));
  CHECK_FALSE(wire::decode<std::vector<Nothing>>(bytes({1, 1})));
}

TEST_CASE("an encoding is appended behind what is there, and decoding reuses its object") {
  std::string out = "before";
  wire::encode(raft::Message(raft::VoteGranted{raft::Term(3)}), out);
  CHECK(out == "before" + bytes({4, 3}));
  raft::Message message = raft::AppendEntries{};
  CHECK(wire::decode_into(std::string_view(out).substr(6), message));
  CHECK(message == raft::Message(raft::VoteGranted{raft::Term(3)}));
  CHECK_FALSE(wire::decode_into(out, message));
}
