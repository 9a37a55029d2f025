#include "sim/check/search.hpp"

#include <doctest/doctest.h>

#include <array>

#include "core/base/random.hpp"
#include "sim/check/cell.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

// A counter that wraps at four: the smallest model there is.
struct Counter {
  struct Action {
    bool adds = false;
    std::uint32_t found = 0;  // before adding
    friend bool operator==(const Action&, const Action&) = default;
  };
  std::uint32_t initial() { return 0; }
  std::optional<std::uint32_t> apply(std::uint32_t state, const Action& action) {
    if (state != action.found) return std::nullopt;
    return action.adds ? (state + 1) % 4 : state;
  }
  bool reads_only(const Action& action) { return !action.adds; }
  bool overwrites(const Action&) { return false; }
  std::string describe(std::uint32_t state) { return std::to_string(state); }
};

Call<Counter::Action> counted(std::uint64_t id, int from, int to, bool adds, std::uint32_t found) {
  return {id, {adds, found}, Instant(from), Instant(to), 0, 0, false};
}

// Intervals and results at random: many at once, out of few values.
std::vector<Call<Cell::Action>> crossing_calls(Random& random, Cell& cell) {
  using Kind = Cell::Action::Kind;
  static constexpr std::array<std::string_view, 4> values{"a", "b", "c", "d"};
  const auto value = [&] { return cell.number(values[random.below(4)]); };
  std::vector<Call<Cell::Action>> calls(10 + random.below(8));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    constexpr std::array kinds{Kind::write, Kind::read, Kind::write, Kind::swap, Kind::no_swap};
    auto& call = calls[i];
    call.id = i;
    call.action = {kinds[random.below(5)], value(), value()};
    if (call.action.kind == Kind::write) call.action.expected = 0;
    if (call.action.kind == Kind::read) call.action.value = 0;
    if (call.action.kind == Kind::no_swap) call.action.value = 0;
    call.invoked = Instant(random.between(0, 60));
    call.returned = call.invoked + Duration(random.between(0, 25));
    call.open =
        call.action.kind != Kind::read && call.action.kind != Kind::no_swap && random.below(4) == 0;
  }
  return calls;
}

}  // namespace

TEST_CASE("any model can be searched") {
  Counter counter;
  const std::vector good{counted(1, 1, 4, true, 0), counted(2, 2, 3, true, 1),
                         counted(3, 5, 6, false, 2)};
  CHECK(check_linearizable(counter, std::span(good)).verdict == Verdict::linearizable);
  const std::vector bad{counted(1, 1, 2, true, 0), counted(2, 3, 4, true, 0)};
  const auto result = check_linearizable(counter, std::span(bad));
  CHECK(result.verdict == Verdict::violated);
  CHECK(result.stuck == 2);
  CHECK(result.placed == 1);
  CHECK(result.state == "1");
}

TEST_CASE("the guide of a cell changes no verdict") {
  Random random(2017);
  int linearizable = 0;
  for (int round = 0; round < 20'000; ++round) {
    Cell cell(random.below(2) == 0 ? std::nullopt : std::optional<std::string_view>("a"));
    const auto calls = crossing_calls(random, cell);
    const auto plain = check_linearizable(cell, std::span(calls));
    const auto guided = check_linearizable<Cell, CellGuide>(cell, std::span(calls));
    REQUIRE(plain.verdict == guided.verdict);
    const Timeline<Cell::Action> timeline(calls);
    if (first_out_of_nowhere(cell, timeline)) REQUIRE(plain.verdict == Verdict::violated);
    linearizable += plain.verdict == Verdict::linearizable ? 1 : 0;
  }
  CHECK(linearizable > 1'000);
  CHECK(linearizable < 19'000);
}

TEST_CASE("a set of fingerprints forgets all rather than hold too many") {
  FingerprintSet set(100);
  CHECK(set.insert({0, 0}));
  CHECK_FALSE(set.insert({0, 0}));
  for (std::uint64_t i = 1; i < 100; ++i) CHECK(set.insert(fingerprint_of(i, 9)));
  for (std::uint64_t i = 1; i < 100; ++i) CHECK_FALSE(set.insert(fingerprint_of(i, 9)));
}

TEST_CASE("texts are told apart however they came about") {
  Cell cell;
  const std::uint32_t ab = cell.number("ab"), a = cell.number("a"), b = cell.number("b");
  using Kind = Cell::Action::Kind;
  CHECK(cell.apply(a, {Kind::append, 0, b}) == ab);
  CHECK(cell.apply(b, {Kind::append, 0, a}) != ab);
  CHECK(cell.apply(Cell::absent, {Kind::append, 0, ab}) == ab);
  CHECK(cell.number("") != Cell::absent);
  CHECK(cell.number(std::string_view("\0", 1)) != cell.number(""));
  const auto aba = cell.apply(ab, {Kind::append, 0, a});
  REQUIRE(aba);
  CHECK(cell.describe(*aba) == "\"aba\"");
  CHECK(cell.number("aba") == *aba);
}
