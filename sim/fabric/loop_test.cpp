#include <doctest/doctest.h>

#include <vector>

#include "sim/fabric/fabric.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {
namespace {

// Takes what is due and remembers when; may start a flow at the first one.
class Witness : public Stepper {
 public:
  [[nodiscard]] bool finished() const override { return seen.size() >= at_most; }
  Agenda& agenda() override { return agenda_; }
  void perform() override {
    const auto due = agenda_.pop();
    seen.emplace_back(due.at, due.slot);
    if (fabric != nullptr && due.slot == 1) fabric->start_flow(due.at, 0, 1, 1'000'000, {}, 99);
  }
  std::vector<std::pair<Instant, Slot>> seen;
  std::size_t at_most = 1000;
  Fabric* fabric = nullptr;

 private:
  Agenda agenda_;
};

Scenario two_nodes(std::uint64_t bits_per_second) {
  Scenario scenario;
  scenario.nodes = 2;
  scenario.network.latency = {Latency::Shape::constant, milliseconds(3), milliseconds(3), 0};
  if (bits_per_second != 0) scenario.network.bandwidth = bits_per_second;
  return scenario;
}

TEST_CASE("transmission takes bytes over bandwidth, rounded up to a nanosecond") {
  CHECK(transmission_time(0, 0) == Duration(0));
  CHECK(transmission_time(1'000'000, 0) == Duration(0));  // unlimited
  CHECK(transmission_time(0, 8) == Duration(0));
  CHECK(transmission_time(1, 8) == seconds(1));
  CHECK(transmission_time(1, 1'000'000'000) == nanoseconds(8));
  CHECK(transmission_time(1, 3'000'000'000) == nanoseconds(3));      // 2.67
  CHECK(transmission_time(3, 3'000'000'000) == nanoseconds(8));      // exactly
  CHECK(transmission_time(1, 1'000'000'000'000) == nanoseconds(1));  // 0.008
  CHECK(transmission_time(125, 1'000'000'000'000) == nanoseconds(1));
  CHECK(transmission_time(126, 1'000'000'000'000) == nanoseconds(2));
  // 1 GiB at 1 kbit/s: the product of bytes, bits and nanoseconds is beyond 64 bits.
  CHECK(transmission_time(1u << 30, 1000) == Duration(8'589'934'592'000'000));
}

TEST_CASE("the loop's routes are those of the layout, the same at each asking") {
  const auto fabric = make_loop_fabric(two_nodes(1'000'000));
  for (int again = 0; again < 2; ++again) {
    CHECK(fabric->route(0, 1).latency == milliseconds(3));
    CHECK(fabric->route(0, 1).bandwidth == 1'000'000);
  }
}

TEST_CASE("the loop performs in order of time and of adding, and ends when nothing is left") {
  const auto fabric = make_loop_fabric(two_nodes(0));
  Witness witness;
  witness.agenda().add(Instant(9), 3);
  witness.agenda().add(Instant(4), 7);
  witness.agenda().add(Instant(4), 8);
  fabric->run(witness);
  CHECK(witness.seen ==
        std::vector<std::pair<Instant, Slot>>{{Instant(4), 7}, {Instant(4), 8}, {Instant(9), 3}});
}

TEST_CASE("the loop stops when the stepper has finished, whatever is still due") {
  const auto fabric = make_loop_fabric(two_nodes(0));
  Witness witness;
  witness.at_most = 1;
  witness.agenda().add(Instant(1), 1);
  witness.agenda().add(Instant(2), 2);
  fabric->run(witness);
  CHECK(witness.seen.size() == 1);
  CHECK(witness.agenda().size() == 1);
}

TEST_CASE("a flow of the loop arrives after latency plus its bytes over the bandwidth") {
  const auto fabric = make_loop_fabric(two_nodes(8'000'000));  // a million bytes a second
  Witness witness;
  witness.fabric = fabric.get();
  witness.agenda().add(Instant() + milliseconds(500), 1);
  fabric->run(witness);
  REQUIRE(witness.seen.size() == 2);
  CHECK(witness.seen[1].second == 99);
  CHECK(witness.seen[1].first == Instant() + milliseconds(1503));
}

TEST_CASE("a flow belongs to a run") {
  const auto fabric = make_loop_fabric(two_nodes(8'000'000));
  CHECK_THROWS_AS(fabric->start_flow(Instant(), 0, 1, 1, {}, 1), CheckFailed);
}

}  // namespace
}  // namespace lockstep::sim
