#include "sim/program/sweep_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace lockstep::sim {
namespace {

Scenario planned(std::uint64_t seed = 10, std::uint32_t repeat = 100) {
  Scenario scenario;
  scenario.seed = seed;
  scenario.sweep.repeat = repeat;
  return scenario;
}
nlohmann::ordered_json a_manifest() {
  return {{"lockstep", "0.1.0"}, {"commit", "abc"},
          {"compiler", "g++"},   {"command", "./lockstep sweep x.json"},
          {"seed", 10},          {"fabric", "loop"},
          {"runs", 100},         {"effective_scenario", {{"nodes", 3}}}};
}
SweepPlan a_plan(std::uint64_t shards = 0) {
  return plan_of(planned(), {planned()}, a_manifest(), "", "/somewhere", shards);
}
std::string why_no_plan(const std::string& text) {
  try {
    (void)plan_from(text);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it was one";
}

TEST_CASE("every run belongs to one shard, whatever the numbers") {
  for (const std::uint64_t runs : {1u, 2u, 7u, 64u, 1000u}) {
    for (const std::uint64_t shards : {1u, 2u, 3u, 64u}) {
      if (shards > runs) continue;
      std::set<std::uint64_t> seen;
      std::uint64_t fewest = runs, most = 0;
      for (std::uint64_t shard = 1; shard <= shards; ++shard) {
        const auto numbers = runs_of_shard(runs, shard, shards);
        CHECK(std::is_sorted(numbers.begin(), numbers.end()));
        for (const std::uint64_t number : numbers) CHECK(seen.insert(number).second);
        fewest = std::min<std::uint64_t>(fewest, numbers.size());
        most = std::max<std::uint64_t>(most, numbers.size());
      }
      CHECK(seen.size() == runs);
      CHECK(*seen.rbegin() == runs - 1);
      CHECK(most - fewest <= 1);
    }
  }
}

TEST_CASE("a sweep is cut into as many shards as suit, or as are wished for") {
  const auto shards_of = [](std::uint32_t runs, std::uint64_t wished) {
    return plan_of(planned(1, runs), {}, a_manifest(), "", "", wished).shards;
  };
  CHECK(shards_of(1, 0) == 1);
  CHECK(shards_of(64, 0) == 64);
  CHECK(shards_of(1'000'000, 0) == most_shards_by_itself);
  CHECK(shards_of(64, 5) == 5);
  CHECK(shards_of(64, 65) == 64);
  CHECK(shards_of(1'000'000, 5000) == 5000);
}

TEST_CASE("a digest says which sweep it is, and nothing of how it is performed") {
  const SweepPlan plan = a_plan();
  CHECK(plan.digest == a_plan(3).digest);
  CHECK(plan.digest == plan_of(planned(), {planned()}, a_manifest(), "", "/elsewhere", 0).digest);
  auto spelled = a_manifest();
  spelled["command"] = "./lockstep sweep ./x.json";
  spelled["compiler"] = "clang++";
  CHECK(plan.digest == plan_of(planned(), {planned()}, spelled, "", "", 0).digest);
  std::set<std::string> digests{plan.digest};
  for (const char* key : {"lockstep", "commit", "fabric", "effective_scenario"}) {
    auto other = a_manifest();
    other[key] = "other";
    CHECK(digests.insert(plan_of(planned(), {planned()}, other, "", "", 0).digest).second);
  }
  CHECK(digests.insert(plan_of(planned(11), {planned()}, a_manifest(), "", "", 0).digest).second);
  CHECK(
      digests.insert(plan_of(planned(10, 99), {planned()}, a_manifest(), "", "", 0).digest).second);
  CHECK(
      digests.insert(plan_of(planned(), {planned()}, a_manifest(), "built", "", 0).digest).second);
  Scenario far = planned();
  far.network.regions = Regions{{"a", "b"}, {{milliseconds(1)}, {milliseconds(2)}}, {0, 1}};
  CHECK(digests.insert(plan_of(planned(), {far}, a_manifest(), "", "", 0).digest).second);
  far.network.regions->one_way[1][0] = milliseconds(3);
  CHECK(digests.insert(plan_of(planned(), {far}, a_manifest(), "", "", 0).digest).second);
}

TEST_CASE("a plan is read back as it was") {
  const SweepPlan plan = a_plan(7), read = plan_from(plan_text(plan));
  CHECK(read.runs == 100);
  CHECK(read.shards == 7);
  CHECK(read.directory == "/somewhere");
  CHECK(read.digest == plan.digest);
  CHECK(read.manifest.dump() == plan.manifest.dump());
}

TEST_CASE("what is no plan is refused with what is wrong") {
  CHECK(why_no_plan("") == "is no JSON object");
  CHECK(why_no_plan("[]") == "is no JSON object");
  CHECK(why_no_plan("{}") == "'format' is not there");
  CHECK(why_no_plan(R"({"format": 9})") == "has format 9, this program writes 1");
  CHECK(why_no_plan(R"({"format": 1, "runs": "many"})") == "'runs' is not what it should be");
  const std::string text = plan_text(a_plan());
  for (std::size_t cut = 0; cut + 2 < text.size(); cut += 7)
    CHECK(why_no_plan(text.substr(0, cut)) == "is no JSON object");
  auto json = nlohmann::ordered_json::parse(text);
  json["shards"] = 101;
  CHECK(why_no_plan(json.dump()) == "has 101 shards of 100 runs");
  json["shards"] = 0;
  CHECK(why_no_plan(json.dump()) == "has 0 shards of 100 runs");
}

TEST_CASE("what makes two sweeps different is named") {
  const auto kept = a_manifest();
  CHECK(unlike_sweeps(kept, kept).empty());
  auto wanted = kept;
  wanted["command"] = "other";
  wanted["compiler"] = "other";
  CHECK(unlike_sweeps(kept, wanted).empty());
  wanted["effective_scenario"]["nodes"] = 5;
  wanted["seed"] = 11;
  CHECK(unlike_sweeps(kept, wanted) == "another scenario, other seeds");
  wanted = kept;
  wanted["fabric"] = "simgrid";
  wanted["commit"] = "def";
  CHECK(unlike_sweeps(kept, wanted) ==
        "fabric loop, not simgrid, version 0.1.0 (abc), not 0.1.0 (def)");
}

TEST_CASE("a shard is named i/N") {
  CHECK(shard_from("1/1") == std::pair<std::uint64_t, std::uint64_t>{1, 1});
  CHECK(shard_from("63/64") == std::pair<std::uint64_t, std::uint64_t>{63, 64});
  for (const char* text : {"", "1", "/", "1/", "/2", "0/2", "3/2", "1/-1", "-1/2", "1/2x", "half"})
    CHECK_THROWS_AS((void)shard_from(text), std::runtime_error);
}

TEST_CASE("numbers in a row are a range") {
  CHECK(ranges_text({}).empty());
  CHECK(ranges_text({5}) == "5");
  CHECK(ranges_text({1, 2, 3, 7}) == "1-3,7");
  CHECK(ranges_text({1, 3, 4, 9, 10, 11}) == "1,3-4,9-11");
}

}  // namespace
}  // namespace lockstep::sim
