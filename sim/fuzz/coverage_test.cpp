#include "sim/fuzz/coverage.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "sim/fuzz/kinds.hpp"
#include "sim/scenario/formats.hpp"

namespace lockstep::sim {
namespace {

bool names(const std::vector<std::string>& list, const std::string& what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

TEST_CASE("coverage counts by kind, role and phase, and names what was never reached") {
  Coverage coverage("raft");
  CHECK(names(coverage.never_reached(), "crash"));
  CHECK(names(coverage.never_reached(), "witness split_vote"));

  coverage.add({{"crash", "leader", "writing", 2}, {"crash", "follower", "no leader", 1}},
               {"split_vote"});
  coverage.add({{"crash", "leader", "idle", 3}, {"heal", "", "idle", 1}}, {});
  const auto never = coverage.never_reached();
  CHECK_FALSE(names(never, "crash"));
  CHECK_FALSE(names(never, "crash of a leader"));
  CHECK_FALSE(names(never, "crash while nobody leads"));
  CHECK(names(never, "crash of a candidate"));
  CHECK_FALSE(names(never, "heal"));
  CHECK_FALSE(names(never, "heal of a leader"));
  CHECK_FALSE(names(never, "witness split_vote"));
  CHECK(names(never, "pause"));

  const Json json = coverage.json();
  CHECK(json["struck"].size() == 4);
  CHECK(json["witnesses"].dump() == R"({"split_vote":1})");
  const std::string table = coverage.table();
  CHECK(table.find("split_vote 50.0") != std::string::npos);
  CHECK(table.find("never reached:") != std::string::npos);
}

TEST_CASE(
    "a witness that nothing drawn leads to is one by name, has a reason, and is not asked for") {
  for (const ProtocolFormat& format : protocol_formats()) {
    if (!format.is_drawn) continue;
    const auto never = Coverage(format.name).never_reached();
    for (const auto& [name, why] : unreachable(format.name)) {
      const std::string witness(name);  // CAPTURE takes no part of a structured binding
      CAPTURE(witness);
      CHECK(names(format.witnesses, witness));
      CHECK_FALSE(why.empty());
      CHECK_FALSE(names(never, "witness " + witness));
    }
  }
  const auto never = Coverage("raft").never_reached();
  for (const char* witness : {"kept_silent", "torn_tail", "start_refused", "misdirected"})
    CHECK(names(never, std::string("witness ") + witness));
}

}  // namespace
}  // namespace lockstep::sim
