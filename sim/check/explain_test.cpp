#include "sim/check/explain.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/base/random.hpp"
#include "sim/check/cell.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

using Action = Cell::Action;
using Calls = std::vector<Call<Action>>;

Calls wild_calls(Random& random, Cell& cell) {
  static constexpr std::array<std::string_view, 3> values{"a", "b", "c"};
  const auto value = [&] { return cell.number(values[random.below(3)]); };
  Calls calls(3 + random.below(12));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    using Kind = Action::Kind;
    constexpr std::array kinds{Kind::write, Kind::read, Kind::write, Kind::swap, Kind::no_swap};
    auto& call = calls[i];
    call.id = i;
    const Kind kind = kinds[random.below(5)];
    const bool finds = kind != Kind::write, writes = kind == Kind::write || kind == Kind::swap;
    call.action = {kind, finds ? value() : 0, writes ? value() : 0};
    call.invoked = Instant(random.between(0, 60));
    call.returned = call.invoked + Duration(random.between(0, 25));
    call.open = writes && random.below(5) == 0;
  }
  return calls;
}

// An order that respects time: nothing stands behind what was invoked after it had returned.
bool respects_time(const Calls& calls, const std::vector<std::uint64_t>& order) {
  for (std::size_t late = 0; late < order.size(); ++late)
    for (std::size_t early = 0; early < late; ++early)
      if (!calls[order[late]].open && calls[order[late]].returned < calls[order[early]].invoked)
        return false;
  return true;
}

bool results_fit(Cell& cell, const Calls& calls, const std::vector<std::uint64_t>& order) {
  std::uint32_t state = cell.initial();
  for (const std::uint64_t id : order) {
    const auto next = cell.apply(state, calls[id].action);
    if (!next) return false;
    state = *next;
  }
  return true;
}

// The prefix up to the k-th return, by plain searches of one after another.
std::uint32_t longest_by_trying(Cell& cell, const Timeline<Action>& time) {
  std::uint32_t k = 0;
  while (k < time.returned) {
    const Timeline<Action> part(sim::detail::calls_before_return(cell, time, k + 1));
    if (Search<Cell>(cell, part, {}).run().verdict != Verdict::linearizable) break;
    ++k;
  }
  return k;
}

}  // namespace

TEST_CASE(
    "the longest prefix is the one that trying all of them finds, and its order explains it") {
  Random random(1990);
  int cut_short = 0, whole = 0;
  for (int round = 0; round < 4'000; ++round) {
    Cell cell("a");
    const Calls calls = wild_calls(random, cell);
    const Timeline<Action> time(calls);
    const Explanation found = explain<Cell, CellGuide>(cell, time, {});
    const Explanation plain = explain(cell, time, {});
    REQUIRE(found.verdict == plain.verdict);
    REQUIRE(found.prefix == longest_by_trying(cell, time));
    REQUIRE(plain.prefix == found.prefix);
    REQUIRE(found.longest);
    REQUIRE(respects_time(calls, found.order));
    REQUIRE(results_fit(cell, calls, found.order));
    for (std::uint32_t i = 0; i < found.prefix; ++i)
      REQUIRE_MESSAGE(std::count(found.order.begin(), found.order.end(), time.ids[i]) == 1,
                      "everything that returned in the prefix stands in its order once");
    if (found.verdict == Verdict::violated) {
      REQUIRE(found.stuck == time.ids[found.prefix]);
      if (found.prefix > 3) ++cut_short;
    } else {
      REQUIRE(found.prefix == time.returned);
      ++whole;
    }
  }
  CHECK(cut_short > 500);
  CHECK(whole > 500);
}

TEST_CASE("a prefix that is known to have no order is not searched") {
  Cell cell;
  const std::uint32_t a = cell.number("a");
  using Kind = Action::Kind;
  const Calls calls{{0, {Kind::write, 0, a}, Instant(1), Instant(2), 0, 0, false},
                    {1, {Kind::read, Cell::absent, 0}, Instant(3), Instant(4), 0, 0, false}};
  const Timeline<Action> time(calls);
  const Explanation found = explain<Cell, CellGuide>(cell, time, {}, 2);
  CHECK(found.verdict == Verdict::violated);
  CHECK(found.stuck == 1);
  CHECK(found.prefix == 1);
  CHECK(found.state == "\"a\"");
}
