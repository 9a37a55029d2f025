#include "sim/program/sweep_shards.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "sim/program/results.hpp"

namespace lockstep::sim {
namespace {

namespace fs = std::filesystem;

struct TemporaryFolder {
  fs::path path;
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "lockstep-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

SweepPlan plan_with(std::uint64_t runs, std::uint64_t shards, std::string digest = "0123") {
  return {runs, shards, "/", std::move(digest), nlohmann::ordered_json::object()};
}
std::string row(std::uint64_t run, const char* verdict = "pass") {
  return std::to_string(run) + ",0,1," + verdict + ",d,5\n";
}
const std::string shard_header = "run,point,seed,verdict,digest,a\n";

std::string shard_table(std::uint64_t runs, std::uint64_t shard, std::uint64_t shards) {
  std::string table = shard_header;
  for (const std::uint64_t run : runs_of_shard(runs, shard, shards)) table += row(run);
  return table;
}
std::string whole_table(std::uint64_t runs) { return shard_table(runs, 1, 1); }

void keep_all(const SweepShards& shards, const std::vector<std::uint64_t>& order) {
  for (const std::uint64_t shard : order)
    shards.keep(shard, shard_table(shards.plan().runs, shard, shards.plan().shards));
}
void overwrite(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}
std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST_CASE("shards in any order come to the same table") {
  for (const auto& order : std::vector<std::vector<std::uint64_t>>{{1, 2, 3, 4}, {4, 2, 1, 3}}) {
    const TemporaryFolder place;
    const SweepShards shards(place.path, plan_with(10, 4));
    shards.keep_plan();
    keep_all(shards, order);
    keep_all(shards, {2});  // twice is once
    CHECK(shards.survey().missing.empty());
    CHECK(shards.count_files() == 4);
    CHECK(shards.merged() == whole_table(10));
    shards.remove();
    CHECK(fs::is_empty(place.path));
  }
}

TEST_CASE("what is done, missing and failed is told, and a shard that is done failed no more") {
  const TemporaryFolder place;
  const SweepShards shards(place.path, plan_with(10, 4));
  shards.keep_plan();
  keep_all(shards, {3});
  shards.keep(1, shard_header + row(0) + row(4, "violated") + row(8, "undecided"));
  shards.keep_failure(2, "run 1: its process died");
  const ShardSurvey found = shards.survey();
  CHECK(found.done == std::vector<std::uint64_t>{1, 3});
  CHECK(found.missing == std::vector<std::uint64_t>{2, 4});
  CHECK(found.failed == std::map<std::uint64_t, std::string>{{2, "run 1: its process died\n"}});
  CHECK(found.runs == 5);
  CHECK(found.not_passed == 2);
  CHECK_THROWS_AS((void)shards.merged(), OutputError);
  keep_all(shards, {2});
  CHECK(shards.survey().failed.empty());
}

TEST_CASE("a shard that was torn anywhere counts as missing") {
  const TemporaryFolder place;
  const SweepShards shards(place.path, plan_with(10, 4));
  shards.keep_plan();
  keep_all(shards, {1});
  const fs::path file = shards.folder() / "000001.csv";
  const std::string whole = content(file);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    overwrite(file, whole.substr(0, size));
    CHECK_FALSE(shards.table(1));
  }
  for (std::size_t place_of = 0; place_of < whole.size(); ++place_of) {
    std::string changed = whole;
    changed[place_of] = static_cast<char>(changed[place_of] ^ 1);
    overwrite(file, changed);
    CHECK_FALSE(shards.table(1));
  }
  overwrite(file, std::string(whole.size(), '\0'));
  CHECK_FALSE(shards.table(1));
  overwrite(file, whole);
  CHECK(shards.table(1) == shard_table(10, 1, 4));
}

TEST_CASE("a shard of another sweep, another place or another cut counts as missing") {
  const TemporaryFolder place;
  const SweepShards shards(place.path, plan_with(10, 4));
  shards.keep_plan();
  keep_all(shards, {1});
  fs::copy_file(shards.folder() / "000001.csv", shards.folder() / "000002.csv");
  CHECK_FALSE(shards.table(2));
  CHECK_FALSE(SweepShards(place.path, plan_with(10, 4, "4567")).table(1));
  CHECK_FALSE(SweepShards(place.path, plan_with(10, 5)).table(1));
}

TEST_CASE("a table that does not have its runs is refused") {
  const TemporaryFolder place;
  const SweepShards shards(place.path, plan_with(4, 2));
  shards.keep_plan();
  keep_all(shards, {1});
  for (const std::string& rows : {row(1), row(3) + row(1), std::string()}) {
    shards.keep(2, shard_header + rows);
    CHECK_THROWS_AS((void)shards.merged(), OutputError);
  }
}

TEST_CASE("the plan is found where it was kept, and a broken one is named") {
  const TemporaryFolder place;
  CHECK_FALSE(SweepShards::kept_plan(place.path));
  const SweepShards shards(place.path, plan_with(10, 4));
  shards.keep_plan();
  CHECK(SweepShards::kept_plan(place.path)->shards == 4);
  overwrite(shards.folder() / "plan.json", "{");
  CHECK_THROWS_AS((void)SweepShards::kept_plan(place.path), OutputError);
}

}  // namespace
}  // namespace lockstep::sim
