#include "sim/check/linearizable.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "sim/check/histories_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::sim;
using for_tests::Written;

namespace {

Verdict verdict_of(const Written& written) { return check_linearizable(written.history).verdict; }
std::uint64_t stuck_in(const Written& written) {
  return check_linearizable(written.history).stuck.value_or(0);
}

using Store = std::map<std::string, std::string>;

// Whether the operation may have had its result in `store`, which it then changes.
bool explains(Store& store, const HistoryOperation& operation) {
  const bool known = operation.outcome == HistoryOperation::Outcome::ok;
  const auto at = store.find(operation.key);
  const std::optional<std::string> value =
      at == store.end() ? std::nullopt : std::optional(at->second);
  if (operation.verb == "get") return !known || operation.found == value;
  if (operation.verb == "put") store[operation.key] = operation.value;
  if (operation.verb == "delete") store.erase(operation.key);
  if (operation.verb == "append") store[operation.key] += operation.value;
  if (operation.verb == "cas") {
    const bool swaps = operation.expected == value;
    if (known && swaps != operation.swapped) return false;
    if (swaps) store[operation.key] = operation.value;
  }
  return true;
}

// The definition, tried over all orders of all subsets of the unknown operations.
bool some_order_explains(std::vector<HistoryOperation> left, const Store& store) {
  const auto returned = [](const HistoryOperation& operation) {
    return operation.outcome == HistoryOperation::Outcome::ok;
  };
  if (std::none_of(left.begin(), left.end(), returned)) return true;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const bool minimal = std::none_of(left.begin(), left.end(), [&](const HistoryOperation& other) {
      return returned(other) && other.returned < left[i].invoked;
    });
    Store after = store;
    if (!minimal || !explains(after, left[i])) continue;
    std::vector<HistoryOperation> rest = left;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    if (some_order_explains(std::move(rest), after)) return true;
  }
  return false;
}

bool linearizable_by_definition(std::vector<HistoryOperation> history) {
  std::erase_if(history, [](const HistoryOperation& operation) {
    return operation.outcome == HistoryOperation::Outcome::failed;
  });
  return some_order_explains(std::move(history), {});
}

// Any operations at any times with any results, out of few values: about half are linearizable.
std::vector<HistoryOperation> wild_history(Random& random, bool append) {
  std::vector<HistoryOperation> history(1 + random.below(7));
  const char* verbs[] = {"put", "get", "get", "cas", "cas", "delete", "append"};
  const auto value = [&] { return std::string(1, static_cast<char>('a' + random.below(2))); };
  for (std::size_t i = 0; i < history.size(); ++i) {
    HistoryOperation& operation = history[i];
    operation.id = i + 1;
    operation.verb = verbs[random.below(append ? 7 : 6)];
    operation.key = random.below(8) == 0 ? "y" : "x";
    operation.value = value();
    if (random.below(4) != 0) operation.expected = value();
    operation.swapped = random.below(2) == 0;
    if (random.below(5) != 0)
      operation.found = value() + (append && random.below(2) ? value() : "");
    operation.invoked = Instant(random.between(0, 20));
    operation.returned = operation.invoked + Duration(random.between(0, 12));
    const std::uint64_t dice = random.below(10);
    operation.outcome = dice < 7    ? HistoryOperation::Outcome::ok
                        : dice == 7 ? HistoryOperation::Outcome::failed
                                    : HistoryOperation::Outcome::unknown;
  }
  return history;
}

}  // namespace

TEST_CASE("good histories have an order") {
  CHECK(verdict_of(Written()) == Verdict::linearizable);
  CHECK(verdict_of(Written().get(1, 2, "x", std::nullopt)) == Verdict::linearizable);
  CHECK(verdict_of(Written()
                       .put(1, 2, "x", "a")
                       .get(3, 4, "x", "a")
                       .remove(5, 6, "x")
                       .get(7, 8, "x", std::nullopt)) == Verdict::linearizable);
  CHECK_MESSAGE(
      verdict_of(Written().put(1, 9, "x", "a").get(2, 3, "x", std::nullopt).get(4, 5, "x", "a")) ==
          Verdict::linearizable,
      "a read beside a write may see either side of it");
  CHECK(verdict_of(Written()
                       .append(1, 2, "x", "a")
                       .append(3, 9, "x", "b")
                       .append(4, 8, "x", "c")
                       .get(10, 11, "x", "acb")) == Verdict::linearizable);
  CHECK(verdict_of(Written()
                       .cas(1, 2, "x", std::nullopt, "a", true)
                       .cas(3, 4, "x", "b", "c", false)
                       .cas(5, 6, "x", "a", "d", true)) == Verdict::linearizable);
}

TEST_CASE("bad histories have none, and the operation that fits nowhere is named") {
  SUBCASE("stale read") {
    const Written bad = Written().put(1, 2, "x", "a").put(3, 4, "x", "b").get(5, 6, "x", "a");
    CHECK(verdict_of(bad) == Verdict::violated);
    CHECK(stuck_in(bad) == 3);
    const auto result = check_linearizable(bad.history);
    CHECK(result.key == "x");
    CHECK(result.text ==
          "key x: #3 c3 get x found \"a\" (5 ms to 6 ms) fits nowhere: the furthest order explains "
          "2 of the 3 answers, and the value is then \"b\"");
  }
  SUBCASE("two reads that disagree about the order of two writes") {
    CHECK(verdict_of(Written()
                         .put(1, 20, "x", "a")
                         .put(1, 20, "x", "b")
                         .get(2, 3, "x", "a")
                         .get(4, 5, "x", "b")
                         .get(6, 7, "x", "a")) == Verdict::violated);
  }
  SUBCASE("lost update") {
    const Written bad = Written().put(1, 2, "x", "a").get(3, 4, "x", std::nullopt);
    CHECK(verdict_of(bad) == Verdict::violated);
    CHECK(stuck_in(bad) == 2);
  }
  SUBCASE("two compare-and-sets succeed on one value") {
    CHECK(verdict_of(Written()
                         .put(1, 2, "x", "a")
                         .cas(3, 6, "x", "a", "b", true)
                         .cas(4, 7, "x", "a", "c", true)) == Verdict::violated);
  }
  SUBCASE("a compare-and-set fails although the value was there all the time") {
    CHECK(verdict_of(Written().put(1, 2, "x", "a").cas(3, 4, "x", "a", "b", false)) ==
          Verdict::violated);
  }
  SUBCASE("a value that nobody wrote") {
    const Written bad = Written().put(1, 2, "x", "a").get(3, 4, "x", "z").put(5, 6, "x", "z");
    CHECK(verdict_of(bad) == Verdict::violated);
    CHECK(stuck_in(bad) == 2);
    CHECK(check_linearizable(bad.history).text ==
          "key x: #2 c2 get x found \"z\" (3 ms to 4 ms) fits nowhere: nobody had begun to write "
          "that value when it returned");
  }
  SUBCASE("an append that took effect twice") {
    CHECK(
        verdict_of(Written().append(1, 2, "x", "a").append(3, 4, "x", "b").get(5, 6, "x", "abb")) ==
        Verdict::violated);
  }
  SUBCASE("a failed write is seen") {
    CHECK(verdict_of(Written().put(1, 2, "x", "a").failed().get(3, 4, "x", "a")) ==
          Verdict::violated);
  }
}

TEST_CASE(
    "an operation of unknown outcome takes effect at any time after its invocation, or never") {
  CHECK(verdict_of(Written().put(1, 0, "x", "a").get(2, 3, "x", std::nullopt)) ==
        Verdict::linearizable);
  CHECK(verdict_of(
            Written().put(1, 0, "x", "a").get(2, 3, "x", std::nullopt).get(90, 91, "x", "a")) ==
        Verdict::linearizable);
  CHECK_MESSAGE(
      verdict_of(Written().put(1, 0, "x", "a").get(2, 3, "x", "a").get(4, 5, "x", std::nullopt)) ==
          Verdict::violated,
      "seen once, it stays");
  CHECK_MESSAGE(verdict_of(Written().get(2, 3, "x", "a").put(4, 0, "x", "a")) == Verdict::violated,
                "not before its invocation");
  CHECK_MESSAGE(
      verdict_of(Written().append(1, 0, "x", "a").get(2, 3, "x", "a").get(4, 5, "x", "aa")) ==
          Verdict::violated,
      "not twice");
  CHECK_MESSAGE(verdict_of(Written()
                               .append(1, 0, "x", "a")
                               .get(2, 3, "x", "a")
                               .append(4, 0, "x", "a")
                               .get(5, 6, "x", "aa")) == Verdict::linearizable,
                "the second of two that do the same may follow the first");
  CHECK(verdict_of(Written()
                       .append(1, 0, "x", "a")
                       .append(1, 0, "x", "a")
                       .get(2, 3, "x", "a")
                       .get(4, 5, "x", "aa")) == Verdict::linearizable);
  CHECK(verdict_of(
            Written().put(1, 2, "x", "a").cas(3, 0, "x", "a", "b", false).get(5, 6, "x", "b")) ==
        Verdict::linearizable);
  CHECK_MESSAGE(
      verdict_of(Written().put(1, 2, "x", "a").get(3, -1, "x", "zzz")) == Verdict::linearizable,
      "an unanswered read says nothing");
}

TEST_CASE("operations that touch are concurrent, unless the recorder knows their order") {
  Written written = Written().put(1, 5, "x", "a").get(5, 6, "x", std::nullopt);
  CHECK(verdict_of(written) == Verdict::linearizable);
  written.history[0].returned_order = 7;
  written.history[1].invoked_order = 8;
  CHECK(verdict_of(written) == Verdict::violated);
}

TEST_CASE("the search agrees with the definition on small histories") {
  Random random(20130811);
  int linearizable = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto history = wild_history(random, round % 4 == 0);
    const bool expected = linearizable_by_definition(history);
    linearizable += expected ? 1 : 0;
    const auto result = check_linearizable(history);
    REQUIRE_MESSAGE((result.verdict == Verdict::linearizable) == expected,
                    "round " << round << ": " << result.text);
    REQUIRE(result.verdict != Verdict::undecided);
  }
  CHECK(linearizable > 2'000);
  CHECK(linearizable < 18'000);
}

TEST_CASE(
    "what a correct store does is linearizable, and a changed answer is found as by definition") {
  Random random(1993);
  int broken = 0;
  for (int round = 0; round < 10'000; ++round) {
    for_tests::MadeUp how{7, 4, 1, static_cast<std::uint32_t>(round % 4), round % 3 == 0, {1, 4}};
    auto history = for_tests::linearizable_history(random, how);
    REQUIRE(check_linearizable(history).verdict == Verdict::linearizable);
    HistoryOperation& changed = history[random.below(history.size())];
    if (changed.verb == "get")
      changed.found = "v" + std::to_string(random.below(3));
    else if (changed.verb == "cas")
      changed.swapped = !changed.swapped;
    else
      changed.value = "w";
    const bool expected = linearizable_by_definition(history);
    broken += expected ? 0 : 1;
    REQUIRE((check_linearizable(history).verdict == Verdict::linearizable) == expected);
  }
  CHECK(broken > 1'000);
}

TEST_CASE("long histories of a correct store are decided in a number of steps near their length") {
  Random random(7);
  const auto steps_per_operation = [&](const for_tests::MadeUp& how) {
    const auto history = for_tests::linearizable_history(random, how);
    const auto result = check_linearizable(history);
    CHECK(result.verdict == Verdict::linearizable);
    return static_cast<double>(result.steps) / static_cast<double>(how.operations);
  };
  CHECK(steps_per_operation({20'000, 4, 8, 0, false, {0, 1}}) < 1.1);
  CHECK(steps_per_operation({20'000, 4, 8, 5, false, {1, 1000}}) < 1.2);
  CHECK(steps_per_operation({20'000, 32, 8, 0, false, {1, 1000}}) < 1.5);
  CHECK(steps_per_operation({20'000, 32, 8, 0, true, {0, 1}}) < 6.0);
}

TEST_CASE("a limit gives undecided, and a hard key does not hide a plain violation in another") {
  Random random(3);
  auto history = for_tests::linearizable_history(random, {1'000, 4, 1, 0, false, {0, 1}});
  CHECK(check_linearizable(history, {100, {}}).verdict == Verdict::undecided);
  const auto asked = check_linearizable(history, {100, {}});
  CHECK(asked.text.starts_with("key k0: not decided within"));

  // 60 writes of different values at once, and a read that fits none of their ends.
  Written hard;
  for (int i = 0; i < 60; ++i) hard.cas(1, 100, "a", std::to_string(i), std::to_string(i), false);
  for (int i = 0; i < 60; ++i) hard.append(1, 100, "a", std::to_string(i));
  hard.get(101, 102, "a", "no end of these");
  CHECK(check_linearizable(hard.history, {100'000, {}}).verdict == Verdict::undecided);
  hard.get(1, 2, "b", "never written");
  CHECK(check_linearizable(hard.history, {100'000, {}}).verdict == Verdict::violated);

  bool asked_the_clock = false;
  SearchLimit late{50'000'000, [&] { return asked_the_clock = true; }};
  hard.history.pop_back();
  CHECK(check_linearizable(hard.history, late).verdict == Verdict::undecided);
  CHECK(asked_the_clock);
}
