#include "core/lamport/records.hpp"

#include <doctest/doctest.h>

namespace lockstep::lamport {
namespace {

Record entry(std::uint64_t time, std::uint32_t node, std::uint64_t number) {
  return Entry{{LamportTime(time), NodeId(node)}, Number(number), {}, "m"};
}
Record bound(std::uint64_t time) { return ClockBound{LamportTime(time)}; }

TEST_CASE("records that a machine wrote have no flaw; what goes back or is missing is one") {
  CHECK(flaw_in({}).empty());
  CHECK(flaw_in({bound(8), entry(3, 1, 1), entry(2, 2, 1), bound(16), entry(9, 1, 2)}).empty());
  CHECK(flaw_in({bound(8), bound(8)}) == "its clock goes back");
  CHECK(flaw_in({bound(8), entry(9, 1, 1)}) == "a message is stamped later than its clock");
  CHECK(flaw_in({bound(8), entry(3, 0, 1)}) == "a message was stamped by nobody");
  CHECK(flaw_in({bound(8), entry(3, 1, 2)}) == "a message is missing before one of the same node");
  CHECK(flaw_in({bound(8), entry(3, 1, 1), entry(3, 1, 2)}) == "the stamps of a node go back");
}

}  // namespace
}  // namespace lockstep::lamport
