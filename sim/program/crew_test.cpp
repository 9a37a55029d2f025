#include "sim/program/crew.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <set>
#include <stdexcept>

using namespace lockstep::sim;
using namespace std::chrono_literals;

namespace {

std::string work(const std::string& task) {
  if (task == "throw") throw std::runtime_error("as told");
  if (task == "die") raise(SIGKILL);
  return task + "!";
}

}  // namespace

TEST_CASE("a crew answers every task once, and is open until the last answer is taken") {
  for (int round = 0; round < 200; ++round) {
    Crew crew(work, 1, 60s);
    std::set<std::uint64_t> numbers;
    for (std::uint64_t n = 1; n <= 5; ++n) crew.give(n, "task");
    while (crew.open() > 0) {
      const auto answer = crew.take(1s);
      if (!answer) continue;
      CHECK(answer->kind == CrewAnswer::Kind::answered);
      CHECK(answer->text == "task!");
      CHECK(numbers.insert(answer->number).second);
    }
    REQUIRE(numbers.size() == 5);
  }
}

TEST_CASE("a task that throws or ends its process costs itself alone") {
  Crew crew(work, 2, 60s);
  crew.give(1, "throw");
  crew.give(2, "die");
  crew.give(3, "a");
  crew.give(4, "b");
  std::set<std::uint64_t> numbers;
  while (crew.open() > 0) {
    const auto answer = crew.take(1s);
    if (!answer) continue;
    numbers.insert(answer->number);
    if (answer->number == 1) {
      CHECK(answer->kind == CrewAnswer::Kind::failed);
      CHECK(answer->text == "as told");
    } else if (answer->number == 2) {
      CHECK(answer->kind == CrewAnswer::Kind::died);
      CHECK(answer->signal == SIGKILL);
    } else {
      CHECK(answer->kind == CrewAnswer::Kind::answered);
    }
  }
  CHECK(numbers == std::set<std::uint64_t>{1, 2, 3, 4});
}
