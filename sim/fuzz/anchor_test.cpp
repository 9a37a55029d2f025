// Scenarios with regions away from their file, and with a platform.
#include "sim/fuzz/anchor.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "sim/fuzz/draw.hpp"
#include "sim/fuzz/shrink.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

namespace fs = std::filesystem;

// A folder with a scenario and the regions it names, elsewhere than the working folder.
class Elsewhere {
 public:
  Elsewhere() : folder_(fs::temp_directory_path() / "lockstep_anchor_test") {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "deeper");
    std::ofstream(folder_ / "here.json")
        << R"({"format": 1, "title": "t", "regions": ["a", "b"], "inside": "1 ms",
               "round_trip": {"a": {"b": "40 ms"}}})";
  }
  ~Elsewhere() { fs::remove_all(folder_); }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;
  [[nodiscard]] std::string operator/(const char* name) const { return (folder_ / name).string(); }

 private:
  fs::path folder_;
};

const Json spread = Json::parse(R"({
  "format": 1, "title": "t", "protocol": "raft", "nodes": 3, "duration": "10 s",
  "network": {"regions": "here.json", "placement": ["a", "b", "b"]},
  "faults": [{"at": "1 s", "crash": "leader", "for": "1 s"}]})");

TEST_CASE("an anchored scenario is read anywhere, and put down with the name it had") {
  const Elsewhere elsewhere;
  const std::string file = elsewhere / "story.json";
  CHECK_THROWS_AS((void)parse_scenario("anywhere", spread.dump()), ScenarioError);
  const Json free = anchored(spread, file);
  const Scenario read = parse_scenario("anywhere", free.dump());
  REQUIRE(read.network.regions.has_value());
  CHECK(read.network.regions->one_way[0][1] == milliseconds(20));
  CHECK(put_down(free, spread, file) == spread);
  CHECK(put_down(free, spread, elsewhere / "deeper/small.json") == spread);  // one folder above
  // Where the name leads nowhere, or to others, the regions keep their full name.
  CHECK(put_down(free, spread, "results/small.json") == free);
  std::ofstream(elsewhere / "deeper/here.json") << "{}";
  CHECK(put_down(free, spread, elsewhere / "deeper/small.json") == free);

  Json none = spread;
  none.erase("network");
  CHECK(anchored(none, file) == none);
  CHECK(put_down(none, spread, file) == none);
  CHECK(anchored(spread, "nowhere/story.json") == spread);  // refused where it is read
}

TEST_CASE("around a scenario with regions the same regions are drawn") {
  const Elsewhere elsewhere;
  const Json base = anchored(spread, elsewhere / "story.json");
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Scenario drawn = parse_scenario("around", draw_around(base, seed).dump());
    REQUIRE(drawn.network.regions.has_value());
    CHECK(drawn.network.regions->placement == std::vector<std::size_t>{0, 1, 1});
  }
}

TEST_CASE("the regions are left out where they play no part, and kept where they do") {
  const Elsewhere elsewhere;
  const Json base = anchored(spread, elsewhere / "story.json");
  const auto keep = [](const char* what) {
    return Trial{[=](const std::vector<Json>& some) -> std::optional<std::size_t> {
                   for (std::size_t i = 0; i < some.size(); ++i) {
                     if (!some[i].contains(Json::json_pointer(what))) continue;
                     try {
                       (void)parse_scenario("small", some[i].dump());
                       return i;
                     } catch (const ScenarioError&) {
                     }
                   }
                   return std::nullopt;
                 },
                 [](const Json&) { return std::optional<Look>(); }, [] { return false; }};
  };
  CHECK_FALSE(shrink(base, keep("/protocol"), false).contains("network"));
  const Json kept = shrink(base, keep("/network/regions"), false);
  CHECK(kept["network"].size() == 1);
  CHECK(kept["nodes"] == 1);
  const Json placed = shrink(base, keep("/network/placement"), false);
  CHECK(placed["network"]["placement"].size() == 1);
}

TEST_CASE("a platform is refused by name where only the loop runs") {
  Scenario scenario = parse_scenario("story", R"({"format": 1, "title": "t", "protocol": "raft"})");
  require_loop(scenario);
  scenario.network.platform = "platforms/star.xml";
  CHECK_THROWS_WITH_AS(require_loop(scenario), doctest::Contains("network.platform: only SimGrid"),
                       ScenarioError);
}

}  // namespace
}  // namespace lockstep::sim
