#include "sim/program/stats_rows.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

#include "sim/program/csv_text.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

// A file that is gone afterwards.
class File {
 public:
  File(const std::string& name, const std::string& text)
      : path(std::filesystem::temp_directory_path() / (std::to_string(getpid()) + "-" + name)) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~File() { std::filesystem::remove(path); }
  const std::filesystem::path path;
};

const std::string sweep =
    "run,point,down,seed,verdict,digest,a_ms,b\n"
    "0,0,[],1,pass,d,1,\n"
    "1,0,[],2,violated,d,3,5\n"
    "2,1,\"[\"\"n1\"\",2]\",1,pass,d,10,0\n";

std::string why_refused(const auto& act) {
  try {
    (void)act();
  } catch (const BrokenRun& error) {
    const std::string text = error.what();
    return text.substr(text.find(": ") + 2);
  } catch (const NoRun& error) {
    return std::string("no run: ") + error.what();
  }
  return "it was not";
}

std::string refused(const std::string& name, const std::string& text, const Wanted& wanted) {
  const File file(name, text);
  return why_refused([&] { return group_result(file.path, wanted); });
}

}  // namespace

TEST_CASE("fields with commas and quotes are read as they were written") {
  for (const std::string text : {"", "plain", "a,b", "say \"hi\"", "\"", ",\"\","})
    CHECK(csv_fields(csv_field(text) + ",x") == std::vector<std::string>{text, "x"});
  CHECK(csv_lines("a,b\r\n1,2\n\n3") == std::vector<std::string>{"a,b", "1,2", "", "3"});
}

TEST_CASE("a sweep is grouped by its axes, and has every figure") {
  const File file("runs.csv", sweep);
  const Grouped found = group_result(file.path, {});
  CHECK(found.by == std::vector<std::string>{"down"});
  CHECK(found.columns == std::vector<std::string>{"a_ms", "b"});
  CHECK(found.rows == 3);
  CHECK(found.not_passed == 1);
  REQUIRE(found.groups.size() == 2);
  CHECK(found.groups[0].key == std::vector<std::string>{"[]"});
  CHECK(found.groups[0].samples == std::vector<std::vector<double>>{{1, 3}, {5}});
  CHECK(found.groups[1].key == std::vector<std::string>{"[\"n1\",2]"});
  const Grouped whole = group_result(file.path, {{"b"}, std::vector<std::string>{}, {}});
  REQUIRE(whole.groups.size() == 1);
  CHECK(whole.groups[0].samples == std::vector<std::vector<double>>{{5, 0}});
}

TEST_CASE("other tables: points by figure, metrics without their time, any CSV of numbers") {
  const File points("points.csv", "point,figure,n,mean\n0,a,2,1.5\n1,a,2,2.5\n0,b,1,7\n");
  const Grouped of_points = group_result(points.path, {});
  CHECK(of_points.by == std::vector<std::string>{"figure"});
  CHECK(of_points.columns == std::vector<std::string>{"n", "mean"});
  CHECK(of_points.groups[0].samples[1] == std::vector<double>{1.5, 2.5});
  const File metrics("metrics.csv", "from_s,ok,p50\n0,7,\n1,8,2.5\n");
  CHECK(group_result(metrics.path, {}).columns == std::vector<std::string>{"ok", "p50"});
  const File other("other.csv", "who,took\nx,1\ny,2\n");
  CHECK(group_result(other.path, {}).columns == std::vector<std::string>{"took"});
}

TEST_CASE("a history gives the latencies of what ended ok, by verb or by window") {
  const File file(
      "history.ndjson",
      "{\"id\":1,\"event\":\"invoke\",\"t\":500000000,\"client\":\"c1\",\"verb\":\"put\","
      "\"key\":\"k\",\"value\":\"1\"}\n"
      "{\"id\":1,\"event\":\"ok\",\"t\":502000000}\n"
      "{\"id\":2,\"event\":\"invoke\",\"t\":2500000000,\"client\":\"c2\",\"verb\":\"get\","
      "\"key\":\"k\",\"value\":\"\"}\n"
      "{\"id\":2,\"event\":\"ok\",\"t\":2503000000,\"found\":\"1\"}\n"
      "{\"id\":3,\"event\":\"invoke\",\"t\":2600000000,\"client\":\"c1\",\"verb\":\"put\","
      "\"key\":\"k\",\"value\":\"2\"}\n");
  const Grouped by_verb = group_result(file.path, {});
  CHECK(by_verb.rows == 2);
  REQUIRE(by_verb.groups.size() == 2);
  CHECK(by_verb.groups[0].key == std::vector<std::string>{"put"});
  CHECK(by_verb.groups[0].samples[0] == std::vector<double>{2});
  const Grouped windows = group_result(file.path, {{}, {}, seconds(1)});
  CHECK(windows.by == std::vector<std::string>{"from_s"});
  REQUIRE(windows.groups.size() == 3);
  CHECK(windows.groups[1].key == std::vector<std::string>{"1"});
  CHECK(windows.groups[1].samples[0].empty());
  CHECK(windows.groups[2].samples[0] == std::vector<double>{3});
}

TEST_CASE("what is no such table is refused with its place and a remedy") {
  CHECK(refused("a.csv", "", {}) == "is empty; run it again");
  CHECK(refused("a.csv", "a,b\n1,2\n1\n", {}) == "line 3: 1 fields, expected 2; run it again");
  CHECK(refused("a.csv", "a\nx\n", {}) == "has no column of numbers; name one with --column");
  CHECK(refused("a.csv", "a,b\n1,x\n", {{"b"}, {}, {}}) ==
        "line 2: b: 'x' is not a number; name another --column");
  CHECK(refused("a.csv", "a,b\n1,inf\n", {{"b"}, {}, {}}).find("'inf'") != std::string::npos);
  CHECK(refused("a.csv", "a,b\n1,2\n", {{"c"}, {}, {}}) == "has no column 'c'; it has a, b");
  CHECK(refused("a.csv", "a,b\n1,2\n", {{}, std::vector<std::string>{"c"}, {}}) ==
        "has no column 'c'; it has a, b");
  CHECK(refused("a.csv", "a\n1\n", {{}, {}, seconds(1)}) ==
        "has no operations; --window is for a run's history");
  CHECK(refused("a.ndjson", "{}\n", {}).find("line 1") != std::string::npos);
  CHECK(refused("a.ndjson", "", {}).starts_with("no operation ended ok"));
  CHECK(why_refused([] { return group_result("nowhere.csv", {}); }).starts_with("no run: nowhere"));
}

TEST_CASE("a row tells mean, interval and quantiles of its group; two results their distance") {
  Grouped first, second;
  first.result = "a";
  second.result = "b";
  first.by = second.by = {"x"};
  first.columns = second.columns = {"ms"};
  first.groups = {{{"1"}, {{1, 2, 3, 4}}}, {{"2"}, {{}}}};
  second.groups = {{{"1"}, {{3, 4, 5, 6}}}, {{"2"}, {{1}}}};
  const StatsTable table = stats_of({first, second}, {1, 200, 0.95});
  REQUIRE(table.rows.size() == 4);
  CHECK(table.rows[0].summary.mean == 2.5);
  CHECK(table.rows[0].summary.p50 == 2.5);
  CHECK(table.rows[0].min == 1);
  CHECK(table.rows[0].low < 2.5);
  CHECK(table.rows[0].high > 2.5);
  CHECK(!table.rows[0].ks);
  CHECK(table.rows[1].summary.n == 0);
  CHECK(table.rows[2].ks == 0.5);
  CHECK(!table.rows[3].ks);  // the first has no such samples
  CHECK(stats_csv(table).starts_with(
      "result,x,column,n,mean,mean_low,mean_high,p50,p90,p99,min,max,ks\na,1,ms,4,2.5,"));
  CHECK(stats_csv(table).find("\na,2,ms,0,,,,,,,,,\n") != std::string::npos);
  CHECK(stats_json(table)["rows"][1]["mean"].is_null());
  CHECK(stats_json(table)["rows"][2]["group"]["x"] == "1");
  CHECK(stats_for_people(table).find("95 % interval") != std::string::npos);
  CHECK(stats_csv(stats_of({first}, {1, 200, 0.95})).starts_with("x,column,n,mean,"));
  second.by = {"y"};
  CHECK(why_refused([&] {
          return stats_of({first, second}, {});
        }).find("--by") != std::string::npos);
}
