#include "core/lamport/peers.hpp"

#include <doctest/doctest.h>

namespace lockstep::lamport {
namespace {

constexpr NodeId n1{1}, n2{2}, n3{3};

Log log_of(std::uint64_t first, std::uint64_t second) {
  Log log(3);
  const auto fill = [&](NodeId node, std::uint64_t count) {
    for (std::uint64_t i = 1; i <= count; ++i) {
      const Origin origin{ClientId(node.value()), Sequence(i)};
      log.accept({{LamportTime(i), node}, Number(i), origin, "12345678"});
      log.settle(node, Number(i));
    }
  };
  fill(n1, first);
  fill(n2, second);
  return log;
}

Holding holding(std::uint64_t first, std::uint64_t second, bool asks = false) {
  return {{}, {Number(first), Number(second), Number(0)}, {}, asks};
}

std::vector<std::uint64_t> numbers(const std::vector<Entry>& entries) {
  std::vector<std::uint64_t> numbers;
  for (const Entry& entry : entries)
    numbers.push_back(entry.stamp.node.value() * 100 + entry.number.value());
  return numbers;
}

using Numbers = std::vector<std::uint64_t>;
constexpr Limits wide{100, 1000, 1000};

TEST_CASE("nothing is sent to a node that has not said what it holds; then each entry once") {
  Peers peers(3);
  const Log log = log_of(3, 2);
  CHECK(peers.next(n3, log, nobody, wide).empty());
  peers.heard(n3, holding(1, 0));
  CHECK(numbers(peers.next(n3, log, nobody, wide)) == Numbers{102, 103, 201, 202});
  CHECK(peers.next(n3, log, nobody, wide).empty());
  peers.heard(n3, holding(2, 0));
  CHECK(peers.next(n3, log, nobody, wide).empty());
  peers.heard(n3, holding(2, 0, true));
  CHECK(numbers(peers.next(n3, log, nobody, wide)) == Numbers{103, 201, 202});
}

TEST_CASE("a node is not sent what it stamped itself, and only one stream where one is named") {
  Peers peers(3);
  const Log log = log_of(2, 2);
  peers.heard(n2, holding(0, 0));
  CHECK(numbers(peers.next(n2, log, nobody, wide)) == Numbers{101, 102});
  peers.heard(n3, holding(0, 0));
  CHECK(numbers(peers.next(n3, log, n2, wide)) == Numbers{201, 202});
}

TEST_CASE("messages are short, and only so much is under way") {
  Peers peers(3);
  const Log log = log_of(9, 0);
  peers.heard(n3, holding(0, 0));
  CHECK(peers.next(n3, log, nobody, {2, 1000, 5}).size() == 2);
  CHECK(peers.next(n3, log, nobody, {9, 16, 5}).size() == 2);
  CHECK(peers.next(n3, log, nobody, {9, 1, 5}).size() == 1);  // longer than the limit, so alone
  CHECK(peers.next(n3, log, nobody, wide).size() == 4);
  peers.heard(n3, holding(0, 0, true));
  CHECK(peers.next(n3, log, nobody, {9, 1000, 5}).size() == 5);
  CHECK(peers.next(n3, log, nobody, {9, 1000, 5}).empty());
  peers.heard(n3, holding(3, 0));
  CHECK(numbers(peers.next(n3, log, nobody, {9, 1000, 5})) == Numbers{106, 107, 108});
}

TEST_CASE("what comes late takes nothing back; who holds more is ahead") {
  Peers peers(3);
  const Log log = log_of(3, 2);
  peers.heard(n3, holding(3, 2));
  peers.heard(n3, holding(1, 1));
  CHECK(peers.held(n3, n1) == Number(3));
  const auto ahead = [&](const std::vector<Number>& before) {
    return peers.ahead(n3, log.lasts(), before);
  };
  CHECK_FALSE(ahead(log.lasts()));
  peers.heard(n3, holding(3, 3));
  CHECK(ahead(log.lasts()));
  CHECK(ahead({Number(1), Number(2), Number(0)}));        // only the other stream has moved
  CHECK_FALSE(ahead({Number(3), Number(1), Number(0)}));  // the rest may be on its way
  peers.heard(n3, {{}, {Number(1)}, {}, true});           // a peer may say less than it should
  CHECK(peers.held(n3, n1) == Number(1));
}

}  // namespace
}  // namespace lockstep::lamport
