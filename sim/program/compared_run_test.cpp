#include "sim/program/compared_run.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

namespace lockstep::sim {
namespace {

namespace fs = std::filesystem;

// A results folder as a run writes it, with a second of history.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("compared-run-" + std::to_string(getpid()));
  Folder() {
    fs::create_directory(path);
    write("manifest.json", R"({"fabric":"loop"})");
    write("summary.json",
          R"({"title":"T","verdict":"pass","seed":7,"ended_ns":1000000000,
              "figures":{"leaders_elected":2}})");
    write("trace.ndjson",
          R"({"type":"step","t":1}
{"type":"fault","t":150000000,"kind":"cut","text":"cut n1"}
{"type":"fault","t":160000000,"kind":"skipped","text":"no leader"}
{"type":"fault","t":900000000,"kind":"heal","text":"healed"}
)");
    // One that began before the cut and ends after it; one that began after it; one that failed.
    write(
        "history.ndjson",
        R"({"t":100000000,"client":"c1","id":1,"event":"invoke","verb":"put","key":"k","value":"v"}
{"t":200000000,"client":"c1","id":2,"event":"invoke","verb":"get","key":"k"}
{"t":250000000,"client":"c1","id":1,"event":"ok"}
{"t":300000000,"client":"c1","id":3,"event":"invoke","verb":"get","key":"k"}
{"t":350000000,"client":"c1","id":3,"event":"fail","reason":"timed_out"}
{"t":450000000,"client":"c1","id":2,"event":"ok","found":"v"}
{"t":null,"client":"c1","id":4,"event":"unknown","reason":"timed_out"}
)");
  }
  ~Folder() { fs::remove_all(path); }
  void write(const char* name, const std::string& text) const {
    std::ofstream(path / name) << text;
  }
};

TEST_CASE("a run is read back: latencies, recoveries, availability") {
  const Folder folder;
  const ComparedRun run = load_compared_run(folder.path);
  CHECK(run.world == "loop");
  CHECK(run.verdict == "pass");
  CHECK(run.seed == 7);
  CHECK(run.latencies.at("put").count == 1);
  CHECK(run.latencies.at("put").p50 == doctest::Approx(150));
  CHECK(run.latencies.at("get").p99 == doctest::Approx(250));
  CHECK(run.latencies.at("all").count == 2);
  REQUIRE(run.disturbances.size() == 2);
  REQUIRE(run.disturbances[0].recovery.has_value());
  CHECK(*run.disturbances[0].recovery == milliseconds(300));  // not the put, which began before
  CHECK_FALSE(run.disturbances[1].recovery.has_value());
  REQUIRE(run.availability.has_value());
  CHECK(*run.availability == doctest::Approx(2.0 / 9));
}

TEST_CASE("without clients a cluster gets on when the next election is won") {
  const Folder folder;
  folder.write("history.ndjson", "");
  folder.write("trace.ndjson",
               R"({"type":"step","t":1,"node":"n1","role":"coordinator"}
{"type":"step","t":2000000,"node":"n1","role":"coordinator"}
{"type":"fault","t":3000000,"kind":"tell","text":"act n1 n2"}
{"type":"fault","t":4000000,"kind":"crash","text":"crashed n1","nodes":["n1"]}
{"type":"step","t":9000000,"node":"n2","role":"electing"}
{"type":"step","t":10000000,"node":"n2","role":"coordinator"}
{"type":"fault","t":15000000,"kind":"tell","text":"hand_over n2"}
{"type":"step","t":18000000,"node":"n1","role":"coordinator"}
{"type":"fault","t":19000000,"kind":"crash","text":"crashed n3","nodes":["n3"]}
)");
  const ComparedRun run = load_compared_run(folder.path);
  CHECK_FALSE(run.has_clients);
  REQUIRE(run.disturbances.size() == 3);
  CHECK(run.disturbances[0].recovery == milliseconds(6));
  CHECK(run.disturbances[1].recovery == milliseconds(3));
  CHECK_FALSE(run.disturbances[2].recovery.has_value());
}

TEST_CASE("what is missing or broken is named") {
  const Folder folder;
  fs::remove(folder.path / "history.ndjson");
  CHECK_THROWS_WITH_AS((void)load_compared_run(folder.path),
                       doctest::Contains("history.ndjson: cannot be read"), NoRun);
  folder.write("history.ndjson", "{\"t\":1,\"id\":1,\"event\":\"ok\"}\n");
  CHECK_THROWS_AS((void)load_compared_run(folder.path), BrokenRun);
  folder.write("history.ndjson", "rubbish\n");
  CHECK_THROWS_WITH_AS((void)load_compared_run(folder.path),
                       doctest::Contains("history.ndjson:1: not a JSON object"), BrokenRun);
  folder.write("history.ndjson", "{\"t\":1,\"event\":\"ok\"}\n");
  CHECK_THROWS_AS((void)load_compared_run(folder.path), BrokenRun);
  folder.write("summary.json", "[]");
  CHECK_THROWS_AS((void)load_compared_run(folder.path), BrokenRun);
  CHECK_THROWS_AS((void)load_compared_run(folder.path / "nowhere"), NoRun);
}

}  // namespace
}  // namespace lockstep::sim
