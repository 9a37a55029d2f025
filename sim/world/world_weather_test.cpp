// Faults on links that do not cut them: bursts, clogs, throttles; and the swizzle, which does.
#include <doctest/doctest.h>

#include <algorithm>

#include "sim/world/notebook_for_tests.hpp"

namespace lockstep::sim::notebook {
namespace {

Burst burst(Burst::Kind kind, Ratio ratio, std::vector<Target> from = {},
            std::vector<Target> to = {}) {
  return Burst{kind, std::move(from), std::move(to), ratio, {}};
}
Latency constant(std::int64_t ms) {
  return {Latency::Shape::constant, milliseconds(ms), milliseconds(ms), 0};
}
// Who hears when, after n1 shouts and then n2.
Lines heard(Scenario scenario, const std::vector<std::int64_t>& instants) {
  for (const auto when : instants) {
    scenario.faults.push_back(tell(when, 1, "shout"));
    scenario.faults.push_back(tell(when, 2, "shout"));
  }
  Lines lines;
  for (const std::string& line : play(scenario).lines) {
    if (const auto at = line.find(" received "); at != std::string::npos)
      lines.push_back(line.substr(0, at));
  }
  return lines;
}

TEST_CASE("a burst of loss ends with its fault, or with a heal") {
  const Lines expected{"51 ms n2", "51 ms n1", "251 ms n2", "251 ms n1"};
  CHECK(heard(with({at(100, burst(Burst::Kind::lose, {1, 1}), 100)}), {50, 150, 250}) == expected);
  CHECK(heard(with({at(100, burst(Burst::Kind::lose, {1, 1})), at(200, Heal{})}), {50, 150, 250}) ==
        expected);
}

TEST_CASE(
    "a burst on some links leaves the others alone: it is one way, and nobody means everybody") {
  CHECK(heard(with({at(100, burst(Burst::Kind::lose, {1, 1}, {n1}, {n2}))}), {150}) ==
        Lines{"151 ms n1"});
  CHECK(heard(with({at(100, burst(Burst::Kind::lose, {1, 1}, {n1}))}), {150}) ==
        Lines{"151 ms n1"});
  CHECK(heard(with({at(100, burst(Burst::Kind::lose, {1, 1}, {}, {n1}))}), {150}) ==
        Lines{"151 ms n2"});
}

TEST_CASE("bursts that overlap add up, and end on their own") {
  Burst late = burst(Burst::Kind::delay, {1, 1});
  late.by = constant(10);
  CHECK(heard(with({at(100, late, 100), at(150, late, 100)}), {110, 160, 210, 260}) ==
        Lines{"121 ms n2", "121 ms n1", "181 ms n2", "181 ms n1", "221 ms n2", "221 ms n1",
              "261 ms n2", "261 ms n1"});
}

TEST_CASE("a burst of duplication doubles; its copies are seen") {
  const Told told =
      play(with({at(100, burst(Burst::Kind::duplicate, {1, 1}), 100), tell(150, 1, "shout")}));
  CHECK(told.of("n2", "received").size() == 2);
  CHECK(told.outcome.figure("messages_duplicated") == 1);
}

TEST_CASE("a burst of reordering holds some back, so that a later one overtakes") {
  Burst reorder = burst(Burst::Kind::reorder, {1, 2});
  reorder.by = {Latency::Shape::uniform, Duration(0), milliseconds(50), 0};
  Scenario scenario = with({at(100, reorder, 300)});
  for (std::int64_t when = 110; when < 400; when += 10)
    scenario.faults.push_back(tell(when, 1, "shout"));
  const Lines lines = play(scenario).of("n2", "received");
  REQUIRE(lines.size() == 29);
  std::vector<int> order;
  for (const std::string& line : lines) order.push_back(std::stoi(line.substr(line.find('=') + 1)));
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("what is damaged on its way is a loss: the frame's checksum catches it") {
  const Told told = play(with({at(100, burst(Burst::Kind::corrupt, {1, 1}), 100),
                               tell(150, 1, "shout"), tell(250, 1, "shout")}));
  CHECK(told.of("n2", "received") == Lines{"251 ms n2 received n1 ping{number=2}"});
  CHECK(seen(told.outcome, "message_corrupted"));
  CHECK(told.outcome.figure("messages_lost") == 1);
}

TEST_CASE("without a checksum a damaged message is refused, or is another message") {
  Scenario scenario = with({at(0, burst(Burst::Kind::corrupt, {1, 1}))});
  scenario.network.checksum = false;
  for (std::int64_t when = 10; when < 900; ++when)
    scenario.faults.push_back(tell(when, 1, "shout"));
  const Told told = play(scenario);
  const Lines lines = told.of("n2", "received");
  const double lost = told.outcome.figure("messages_lost");
  CHECK(lost > 100);
  CHECK(lines.size() > 100);
  CHECK(lost + static_cast<double>(lines.size()) == 890);
  // One byte differs, so none is what was sent.
  for (const std::string& line : lines) {
    const auto sent = std::stoll(line) - 10;
    CHECK(line.find("received n1 ping{number=" + std::to_string(sent) + "}") == std::string::npos);
  }
}

TEST_CASE("a burst shifts no other chance: what is drawn for latencies stays as it was") {
  Scenario scenario = with({});
  scenario.network.latency = {Latency::Shape::uniform, milliseconds(1), milliseconds(9), 0};
  const Lines calm = heard(scenario, {150, 250});
  scenario.faults = {at(100, burst(Burst::Kind::corrupt, {1, 1}), 100)};
  scenario.network.checksum = false;
  const Lines stormy = heard(scenario, {150, 250});
  REQUIRE(calm.size() == 4);
  CHECK(Lines(calm.end() - 2, calm.end()) == Lines(stormy.end() - 2, stormy.end()));
}

TEST_CASE("a clog holds what leaves; at its end all of it travels on, in order") {
  const Told told = play(with({at(100, Clog{{n1}, {n2}}, 100), tell(120, 1, "shout"),
                               tell(150, 1, "shout"), tell(160, 2, "shout")}));
  CHECK(told.of("n2", "received") ==
        Lines{"201 ms n2 received n1 ping{number=1}", "201 ms n2 received n1 ping{number=2}"});
  CHECK(told.of("n1", "received") == Lines{"161 ms n1 received n2 ping{number=1}"});
  CHECK(seen(told.outcome, "message_clogged"));
  CHECK(told.outcome.figure("messages_lost") == 0);
}

TEST_CASE("a heal ends clogs; where two lie on a link, the later end counts; a cut still cuts") {
  CHECK(heard(with({at(100, Clog{{n1}, {n2}}), at(200, Heal{})}), {150}) ==
        Lines{"151 ms n1", "201 ms n2"});
  CHECK(heard(with({at(100, Clog{{n1}, {n2}}, 100), at(110, Clog{{n1}, {n2}}, 200)}), {150}) ==
        Lines{"151 ms n1", "311 ms n2"});
  CHECK(heard(with({at(100, Clog{{n1}, {n2}}, 100), at(150, Cut{{n1}, {n2}})}), {120}) ==
        Lines{"121 ms n1"});
  CHECK(heard(with({at(100, Clog{{n1}, {n2}})}), {150}) == Lines{"151 ms n1"});
}

TEST_CASE("fifo holds through a clog") {
  Scenario scenario = with({at(100, Clog{{n1}, {n2}}, 100), tell(150, 1, "shout"),
                            tell(200, 1, "shout"), tell(201, 1, "shout")});
  scenario.network.fifo = true;
  scenario.network.latency = {Latency::Shape::uniform, milliseconds(1), milliseconds(80), 0};
  for (scenario.seed = 1; scenario.seed < 20; ++scenario.seed) {
    const Lines lines = play(scenario).of("n2", "received");
    REQUIRE(lines.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(lines[i].find("number=" + std::to_string(i + 1)) != std::string::npos);
  }
}

TEST_CASE("a throttled link makes every message take the time its bytes need") {
  // A ping is three bytes: the kind, the number, and nothing more below 128.
  Scenario scenario = with({at(100, Throttle{{n1}, 800}, 100)});
  const Lines lines = heard(scenario, {50, 150, 250});
  CHECK(lines == Lines{"51 ms n2", "51 ms n1", "171 ms n2", "171 ms n1", "251 ms n2", "251 ms n1"});
  CHECK(seen(play(scenario).outcome, "throttled"));
}

TEST_CASE("the end of a throttle that was healed or struck anew does not end the later one") {
  CHECK(heard(with({at(100, Throttle{{n1}, 800}, 200), at(150, Throttle{{n1}, 1600})}), {350}) ==
        Lines{"361 ms n2", "361 ms n1"});
  CHECK(heard(with({at(100, Throttle{{n1}, 800}), at(150, Heal{})}), {350}) ==
        Lines{"351 ms n2", "351 ms n1"});
}

TEST_CASE("a swizzle isolates each in the first half of its time and heals each in the second") {
  Scenario scenario = with({at(100, Swizzle{{n1, n2, n3}}, 400)});
  scenario.nodes = 5;
  std::size_t other_orders = 0;
  for (scenario.seed = 1; scenario.seed <= 20; ++scenario.seed) {
    const Told told = play(scenario);
    Lines cut, healed;
    for (const std::string& line : told.of("fault", "isolated")) {
      cut.push_back(line.substr(line.find("isolated")));
      CHECK(std::stod(line) >= 100);
      CHECK(std::stod(line) <= 300);
    }
    for (const std::string& line : told.of("fault", "healed")) CHECK(std::stod(line) > 300);
    std::vector<std::size_t> cut_links;
    for (const TraceLine& line : told.trace) {
      if (const auto* fault = std::get_if<TracedFault>(&line))
        cut_links.push_back(fault->cut_links.size());
    }
    // Of 20 directed links of five nodes, each one isolated takes what is left of its eight.
    CHECK(std::vector<std::size_t>(cut_links.begin(), cut_links.begin() + 3) ==
          std::vector<std::size_t>{8, 14, 18});
    CHECK(cut_links.back() == 0);
    CHECK(cut_links.size() == 6);
    other_orders += cut != Lines{"isolated n1", "isolated n2", "isolated n3"};
  }
  CHECK(other_orders > 5);
}

TEST_CASE("a heal ends a swizzle, with what is yet to come of it") {
  Scenario scenario = with({at(100, Swizzle{{n1, n2, n3}}, 800), at(101, Heal{})});
  scenario.nodes = 5;
  const Lines lines = play(scenario).of("fault");
  CHECK(lines.back() == "101 ms fault heal healed");
}

}  // namespace
}  // namespace lockstep::sim::notebook
