#include "sim/workload/generator.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>

namespace lockstep::sim {
namespace {

using Outcome = HistoryOperation::Outcome;

constexpr Instant end = Instant() + seconds(1000);

Workload load() {
  Workload workload;
  workload.clients = 2;
  workload.keys = 4;
  return workload;
}

HistoryOperation ended(std::string verb, std::string key, std::string value, Outcome outcome) {
  HistoryOperation operation;
  operation.verb = std::move(verb);
  operation.key = std::move(key);
  operation.value = std::move(value);
  operation.outcome = outcome;
  return operation;
}

// What a compare-and-set of that key expects after these have ended.
std::optional<std::string> expected_of(const std::string& key,
                                       const std::vector<HistoryOperation>& history) {
  Workload workload = load();
  workload.mix = {{"cas", 1}};
  Generator generator(workload, end, 1);
  for (const auto& operation : history) generator.learnt(operation);
  for (;;) {
    const auto cas = generator.draw();
    if (cas.key == key) return cas.expected;
  }
}

TEST_CASE("operations come in the proportions of the mix, keys equally often") {
  Workload workload = load();
  workload.mix = {{"put", 3}, {"get", 5}, {"delete", 0}, {"cas", 2}};
  Generator generator(workload, end, 1);
  std::map<std::string, int> verbs, keys;
  for (int i = 0; i < 10'000; ++i) {
    const auto operation = generator.draw();
    ++verbs[operation.verb];
    ++keys[operation.key];
  }
  CHECK(verbs.size() == 3);
  CHECK(std::abs(verbs["put"] - 3000) < 200);
  CHECK(std::abs(verbs["get"] - 5000) < 200);
  CHECK(std::abs(verbs["cas"] - 2000) < 200);
  CHECK(keys.size() == 4);
  for (const char* key : {"k1", "k2", "k3", "k4"}) CHECK(std::abs(keys[key] - 2500) < 200);
}

TEST_CASE("ids count from 1 over drawn and scripted operations; written values are unique") {
  Workload workload = load();
  workload.mix = {{"put", 1}, {"append", 1}, {"cas", 1}};
  workload.value_bytes = 12;
  Generator generator(workload, end, 1);
  std::set<std::string> values;
  for (std::uint64_t id = 1; id <= 2000; ++id) {
    const auto operation = id % 10 == 0
                               ? generator.scripted({Instant(), 1, "get", "x", "", std::nullopt})
                               : generator.draw();
    REQUIRE(operation.id == id);
    if (operation.verb == "get") continue;
    REQUIRE(operation.value.size() == 12);
    REQUIRE(values.insert(operation.value).second);
  }
  workload.value_bytes = 1;  // too short to be unique: the values are longer
  Generator brief(workload, end, 1);
  std::set<std::string> short_values;
  for (int i = 0; i < 200; ++i) REQUIRE(short_values.insert(brief.draw().value).second);
}

TEST_CASE("what only reads or deletes carries no value") {
  Workload workload = load();
  workload.mix = {{"get", 1}, {"delete", 1}};
  Generator generator(workload, end, 1);
  for (int i = 0; i < 50; ++i) CHECK(generator.draw().value.empty());
}

TEST_CASE("a scripted operation is what the script says") {
  const Workload workload = load();
  Generator generator(workload, end, 1);
  const auto cas = generator.scripted({Instant(), 2, "cas", "x", "new", "old"});
  CHECK(cas.verb == "cas");
  CHECK(cas.key == "x");
  CHECK(cas.value == "new");
  CHECK(cas.expected == "old");
  CHECK_FALSE(generator.scripted({Instant(), 2, "cas", "x", "new", std::nullopt}).expected);
  CHECK_FALSE(generator.scripted({Instant(), 2, "put", "x", "new", "ignored"}).expected);
}

TEST_CASE("a compare-and-set expects what clients last learnt of its key") {
  CHECK_FALSE(expected_of("k1", {}).has_value());
  CHECK(expected_of("k1", {ended("put", "k1", "a", Outcome::ok)}) == "a");
  CHECK_FALSE(expected_of("k2", {ended("put", "k1", "a", Outcome::ok)}).has_value());
  auto read = ended("get", "k1", "", Outcome::ok);
  read.found = "b";
  CHECK(expected_of("k1", {ended("put", "k1", "a", Outcome::ok), read}) == "b");
  read.found.reset();
  CHECK_FALSE(expected_of("k1", {ended("put", "k1", "a", Outcome::ok), read}).has_value());
  auto swapped = ended("cas", "k1", "c", Outcome::ok);
  CHECK_FALSE(expected_of("k1", {swapped}).has_value());  // it did not swap
  swapped.swapped = true;
  CHECK(expected_of("k1", {swapped}) == "c");
  CHECK_FALSE(expected_of("k1", {ended("put", "k1", "a", Outcome::ok),
                                 ended("delete", "k1", "", Outcome::ok)})
                  .has_value());
}

TEST_CASE("nothing is learnt from what did not end well, nor from keys that are not drawn") {
  for (const auto& operation :
       {ended("put", "k1", "a", Outcome::unknown), ended("put", "k1", "a", Outcome::failed),
        ended("put", "x1", "a", Outcome::ok), ended("put", "k01", "a", Outcome::ok),
        ended("put", "k", "a", Outcome::ok), ended("put", "", "a", Outcome::ok),
        ended("put", "k0", "a", Outcome::ok), ended("put", "k5", "a", Outcome::ok),
        ended("put", "k1x", "a", Outcome::ok),
        ended("put", "k99999999999999999999", "a", Outcome::ok)}) {
    CAPTURE(operation.key);
    CHECK_FALSE(expected_of("k1", {operation}).has_value());
  }
}

TEST_CASE("arrivals are Poisson: gaps average to the inverse of the rate and vary as much") {
  Workload workload = load();
  workload.rate = Ratio{50, 1};
  Generator generator(workload, end, 3);
  Instant now;
  double sum = 0, squares = 0;
  const int count = 20'000;
  for (int i = 0; i < count; ++i) {
    const auto next = generator.next_arrival(now);
    REQUIRE(next.has_value());
    REQUIRE(*next >= now);
    const double gap = (*next - now).milliseconds();
    sum += gap;
    squares += gap * gap;
    now = *next;
  }
  const double mean = sum / count;
  CHECK(std::abs(mean - 20) < 0.5);
  // Exponential: the standard deviation is the mean.
  CHECK(std::abs(std::sqrt(squares / count - mean * mean) - 20) < 1);
}

TEST_CASE("arrivals wait for the start, end before the stop, and a closed loop has none") {
  Workload workload = load();
  workload.rate = Ratio{1000, 1};
  workload.start = Instant() + seconds(5);
  workload.stop = Instant() + seconds(6);
  Generator generator(workload, end, 1);
  Instant now;
  int arrivals = 0;
  while (const auto next = generator.next_arrival(now)) {
    now = *next;
    ++arrivals;
    REQUIRE(now >= workload.start);
    REQUIRE(now < *workload.stop);
  }
  CHECK(std::abs(arrivals - 1000) < 130);
  CHECK_FALSE(generator.next_arrival(*workload.stop).has_value());
  workload.rate.reset();
  Generator closed(workload, end, 1);
  CHECK_FALSE(closed.next_arrival(Instant()).has_value());
}

TEST_CASE("the load is over at its stop, at the end of the scenario, and at its last operation") {
  Workload workload = load();
  const Generator whole(workload, end, 1);
  CHECK(whole.may_make(end - nanoseconds(1)));
  CHECK_FALSE(whole.may_make(end));
  workload.stop = Instant() + seconds(3);
  const Generator stopped(workload, end, 1);
  CHECK(stopped.may_make(Instant() + seconds(3) - nanoseconds(1)));
  CHECK_FALSE(stopped.may_make(Instant() + seconds(3)));
  workload.stop = end + seconds(5);
  CHECK_FALSE(Generator(workload, end, 1).may_make(end));
}

TEST_CASE("the limit counts drawn operations, not scripted ones") {
  Workload workload = load();
  workload.operations = 2;
  workload.rate = Ratio{10, 1};
  Generator generator(workload, end, 1);
  (void)generator.scripted({Instant(), 1, "put", "x", "1", std::nullopt});
  (void)generator.draw();
  CHECK(generator.may_make(Instant()));
  (void)generator.draw();
  CHECK_FALSE(generator.may_make(Instant()));
  CHECK_FALSE(generator.next_arrival(Instant()).has_value());
  workload.operations = 0;
  CHECK_FALSE(Generator(workload, end, 1).may_make(Instant()));
}

TEST_CASE("the same seed makes the same operations, another seed others") {
  const Workload workload = load();
  const auto text = [&](std::uint64_t seed) {
    Generator generator(workload, end, seed);
    std::string all;
    for (int i = 0; i < 100; ++i) {
      const auto operation = generator.draw();
      all += operation.verb + operation.key + ' ';
    }
    return all;
  };
  CHECK(text(1) == text(1));
  CHECK(text(1) != text(2));
}

}  // namespace
}  // namespace lockstep::sim
