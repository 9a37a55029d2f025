#include "sim/program/sweep_rows.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace lockstep::sim {
namespace {

Scenario sweep(std::vector<SweepAxis> axes, std::uint32_t repeat) {
  Scenario scenario;
  scenario.seed = 10;
  scenario.sweep.axes = std::move(axes);
  scenario.sweep.repeat = repeat;
  return scenario;
}
Outcome outcome(std::vector<std::pair<std::string, double>> figures) {
  Outcome found;
  found.digest = 0xabc;
  found.figures = std::move(figures);
  return found;
}
std::string why_refused(const auto& act) {
  try {
    (void)act();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it was not";
}

const std::string columns = "run,point,seed,verdict,digest,a_ms,b\n";

TEST_CASE("runs are numbered point by point, each repeated with the next seeds") {
  const Scenario scenario = sweep({{"x", {"1", "2"}}, {"y", {"3", "4", "5"}}}, 4);
  REQUIRE(sweep_size(scenario) == 24);
  for (std::uint64_t number = 0; number < 24; ++number) {
    const SweepRun run = sweep_run(scenario, number);
    CHECK(run.number == number);
    CHECK(run.point == number / 4);
    CHECK(run.seed == 10 + number % 4);
  }
  CHECK(sweep_size(sweep({}, 100)) == 100);
}

TEST_CASE("a row has the run, its point on every axis, the verdict, and each figure") {
  const Scenario scenario = sweep({{"nodes", {"3", "5"}}, {"network.loss", {"\"1/10\""}}}, 1);
  const Outcome found = outcome({{"a_ms", 1.5}, {"b", std::nan("")}, {"c", 1e300}});
  CHECK(runs_header(scenario, found) ==
        "run,point,nodes,network.loss,seed,verdict,digest,a_ms,b,c\n");
  CHECK(runs_row(scenario, {1, 1, 10}, {{"nodes", "5"}, {"network.loss", "\"1/10\""}}, found) ==
        "1,1,5,1/10,10,pass,0000000000000abc,1.5,,1e+300\n");
}

TEST_CASE("a value with a comma, a quote or a line break is quoted, and a row of it is read back") {
  const Scenario scenario = sweep({{"workload.mix", {"?"}}}, 1);
  const Outcome found = outcome({{"a_ms", 7}});
  for (const auto& [value, text] :
       {std::pair<std::string, std::string>{R"({"put":1,"get":2})", R"("{""put"":1,""get"":2}")"},
        {R"("a,b")", R"("a,b")"},
        {R"("say ""\"hi\"")", R"("""say """"\""hi\""""")"},  // no JSON: taken as it is
        {R"("\"")", R"("""")"},
        {R"("two\nlines")", R"("""two\nlines""")"}}) {
    const std::string row = runs_row(scenario, {0, 0, 1}, {{"workload.mix", value}}, found);
    CHECK(row == "0,0," + text + ",1,pass,0000000000000abc,7\n");
    CHECK(points_table(runs_header(scenario, found) + row) ==
          "point,figure,n,mean,p1,p10,p50,p90,p99,max\n0,a_ms,1,7,7,7,7,7,7,7\n");
  }
}

TEST_CASE("points summarise each figure of each point, of the runs that have it") {
  const std::string runs = columns + "0,0,1,pass,d,1,\n" + "1,0,2,violated,d,3,5\n" +
                           "2,1,1,pass,d,,\n" + "3,10,1,pass,d,-2.5,0\n" + "4,2,1,pass,d,1e3,0\n";
  CHECK(points_table(runs) ==
        "point,figure,n,mean,p1,p10,p50,p90,p99,max\n"
        "0,a_ms,2,2,1.02,1.2,2,2.8,2.98,3\n"
        "0,b,1,5,5,5,5,5,5,5\n"
        "2,a_ms,1,1000,1000,1000,1000,1000,1000,1000\n"
        "2,b,1,0,0,0,0,0,0,0\n"
        "10,a_ms,1,-2.5,-2.5,-2.5,-2.5,-2.5,-2.5,-2.5\n"
        "10,b,1,0,0,0,0,0,0,0\n");
  CHECK(points_table(columns) == "point,figure,n,mean,p1,p10,p50,p90,p99,max\n");
}

TEST_CASE("points are the same whatever the order of the runs") {
  std::string forward = columns, backward = columns;
  for (int run = 0; run < 50; ++run) {
    const auto row = [](int number) {
      return std::to_string(number) + "," + std::to_string(number % 3) + ",1,pass,d,0." +
             std::to_string(number * 7919 % 1000) + ",\n";
    };
    forward += row(run);
    backward += row(49 - run);
  }
  CHECK(points_table(forward) == points_table(backward));
}

TEST_CASE("figures survive the table exactly: they are written in full") {
  const Scenario scenario = sweep({}, 1);
  for (const double value : {0.1, 1.0 / 3, 123456789.123, 5e-324, 1.7976931348623157e308}) {
    const std::string row = runs_row(scenario, {0, 0, 1}, {}, outcome({{"a", value}}));
    const std::size_t from = row.rfind(',') + 1;
    CHECK(std::stold(row.substr(from)) == doctest::Approx(value).epsilon(1e-15));
  }
}

TEST_CASE("shards are merged in the order of their runs, to the bytes of the whole") {
  const std::string rows[] = {"0,0,1,pass,d,1,2\n", "1,0,2,pass,d,3,4\n", "2,1,1,pass,d,5,6\n",
                              "10,5,1,pass,d,5,6\n"};
  const std::string whole = columns + rows[0] + rows[1] + rows[2] + rows[3];
  CHECK(merge_runs({columns + rows[1] + rows[3], columns + rows[0] + rows[2]}) == whole);
  CHECK(merge_runs({columns + rows[3], columns, columns + rows[2] + rows[0] + rows[1]}) == whole);
  CHECK(merge_runs({whole}) == whole);
  CHECK(points_table(merge_runs({columns + rows[3] + rows[1], columns + rows[0] + rows[2]})) ==
        points_table(whole));
}

TEST_CASE("tables that do not belong together are refused") {
  const std::string row = "0,0,1,pass,d,1,2\n";
  CHECK(why_refused([&] {
          return merge_runs({columns + row, columns + row});
        }) == "run 0 is there twice");
  CHECK(why_refused([&] { return merge_runs({columns + row + row}); }) == "run 0 is there twice");
  CHECK(why_refused([&] {
          return merge_runs({columns + row, "run,point,seed,verdict,digest,a_ms\n"});
        }).find("different columns") != std::string::npos);
}

TEST_CASE("what is not a table of runs is refused, with the line that is wrong") {
  for (const char* text : {"", "\n", "point,figure,n\n", "\0\0\0", "run;point;seed\n"}) {
    CHECK(why_refused([&] { return points_table(text); }).find("not a runs.csv") !=
          std::string::npos);
    CHECK(why_refused([&] { return merge_runs({text}); }).find("not a runs.csv") !=
          std::string::npos);
  }
  CHECK(why_refused([] { return points_table("run,point,seed\n0,0,1\n"); }) ==
        "not a runs.csv: it has no column digest");
  const auto points_of = [](const std::string& row) {
    return why_refused([&] { return points_table(columns + "0,0,1,pass,d,1,2\n" + row); });
  };
  CHECK(points_of("1,0,1,pass,d,1") == "line 3: 6 fields, expected 7");  // cut off
  CHECK(points_of("1,0,1,pass,d,1,2,3\n") == "line 3: 8 fields, expected 7");
  CHECK(points_of("1,zero,1,pass,d,1,2\n") == "line 3: 'zero' is not a number");
  CHECK(points_of("1,0,1,pass,d,1,2x\n") == "line 3: '2x' is not a number");
  CHECK(points_of("1,0,1,pass,d,ten,2\n") == "line 3: 'ten' is not a number");
  CHECK(why_refused([] { return merge_runs({columns + "x,0,1,pass,d,1,2\n"}); }) ==
        "line 2: 'x' is not a number");
}

TEST_CASE("a digest is printed with all its digits") {
  CHECK(digest_text(0) == "0000000000000000");
  CHECK(digest_text(0x0123456789abcdef) == "0123456789abcdef");
  CHECK(digest_text(std::numeric_limits<std::uint64_t>::max()) == "ffffffffffffffff");
}

}  // namespace
}  // namespace lockstep::sim
