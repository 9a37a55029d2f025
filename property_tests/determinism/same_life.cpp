// What must change nothing: being watched, being called by another name, being inserted in another
// order.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "property_tests/models/named_cluster.hpp"
#include "property_tests/models/scenarios.hpp"
#include "property_tests/support/property.hpp"
#include "sim/scenario/parse.hpp"

using namespace lockstep;
using namespace lockstep::properties;

namespace {

template <class T>
void shuffle(Choices& choices, std::vector<T>& items) {
  for (std::size_t left = items.size(); left > 1; --left)
    std::swap(items[left - 1], items[choices.below(left)]);
}

// Other names in another order, other gaps between them.
std::vector<NodeId> draw_names(Choices& choices, std::size_t count) {
  std::vector<NodeId> names;
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    last += 1 + static_cast<std::uint32_t>(choices.below(5));
    names.push_back(NodeId(last));
  }
  shuffle(choices, names);
  return names;
}

}  // namespace

TEST_CASE("a trace changes nothing in the run it tells of") {
  holds(
      [](Choices& choices) {
        const std::string text = draw_scenario(choices).dump();
        note(text);
        const sim::Scenario scenario = sim::parse_scenario("drawn", text);
        std::size_t lines = 0;
        sim::RunOptions watched;
        watched.listener = [&](sim::TraceLine&&) { ++lines; };
        const sim::Outcome seen = run(scenario, watched);
        const sim::Outcome unseen = run(scenario);
        DEMAND(lines >= seen.steps);
        DEMAND_EQUAL(seen.digest, unseen.digest);
        DEMAND_EQUAL(seen.steps, unseen.steps);
        for (std::size_t i = 0; i < seen.figures.size(); ++i)  // as texts: some are NaN
          DEMAND_EQUAL(std::to_string(seen.figures[i].second),
                       std::to_string(unseen.figures[i].second));
        DEMAND(seen.witnesses == unseen.witnesses);
      },
      {.cases = 60, .choices = 120});
}

TEST_CASE("other names and another order of insertion change nothing") {
  int committed = 0;
  holds(
      [&](Choices& choices) {
        const std::size_t count = 1 + choices.below(5);
        Weather weather;
        weather.seed = choices.any();
        weather.longest_delay = milliseconds(1 + choices.between(0, 60));
        weather.longest_sync = milliseconds(choices.between(0, 20));
        weather.lost_in_100 = choices.below(30);
        raft::Config config;
        config.pre_vote = choices.chance(1, 2);
        std::vector<std::size_t> order(count);
        std::iota(order.begin(), order.end(), 0);
        std::vector<NodeId> plain;
        for (std::size_t i = 0; i < count; ++i)
          plain.push_back(NodeId(static_cast<std::uint32_t>(i + 1)));
        NamedCluster first(plain, order, config, weather);
        shuffle(choices, order);
        const std::vector<NodeId> names = draw_names(choices, count);
        NamedCluster other(names, order, config, weather);
        for (NamedCluster* cluster : {&first, &other})
          cluster->run_until(Instant() + seconds(3), milliseconds(20));
        const std::vector<std::string>&one = first.life(), &two = other.life();
        for (std::size_t i = 0; i < std::min(one.size(), two.size()); ++i)
          DEMAND_EQUAL(one[i], two[i]);
        DEMAND_EQUAL(one.size(), two.size());
        committed += first.commits() > 20 ? 1 : 0;
      },
      {.cases = 300, .choices = 60});
  met("a cluster that committed", committed, 100);
}
