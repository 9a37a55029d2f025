#include "processes/trails.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/text/to_text.hpp"
#include "node/audit/trails_for_tests.hpp"
#include "processes/json_parts.hpp"

namespace lockstep::processes {
namespace {

using node::AuditFolder;

NodeEvent told(const audit::Event& event, std::uint32_t node = 0) {
  return {event.at, node, 0, "", to_text(event.what), event.sequence.value(), 0};
}
NodeEvent read_told(const std::string& json, Instant at) {
  const auto event = nlohmann::json::parse(json);
  return {at, 0, 0, text_in(event, "kind"), text_in(event, "text"), number_in(event, "sequence"),
          0};
}
void write_trail(const AuditFolder& folder, std::size_t count) {
  node::AuditDatabase database(folder.file(), node::test_owner);
  database.append(node::events_for_tests(count));
}

TEST_CASE("a database has what its node told, and what it had no time to tell") {
  const AuditFolder folder;
  write_trail(folder, 20);
  Trails trails(2);
  for (const auto& event : node::events_for_tests(5)) trails.told(told(event));
  trails.look_at(0, folder.file(), Instant(), read_told);
  CHECK(trails.violations().empty());
  const auto all = trails.all();
  REQUIRE(all.size() == 20);
  CHECK(all[19].number == 20);
  CHECK(all[19].at == node::events_for_tests(20)[19].at);
}

TEST_CASE("what was told otherwise, by the node or its database, breaks the trail") {
  const AuditFolder folder;
  write_trail(folder, 3);
  Trails trails(2);
  NodeEvent other = told(node::events_for_tests(3)[1]);
  other.text = "something else";
  trails.told(other);
  CHECK(trails.violations().empty());
  trails.look_at(0, folder.file(), Instant(), read_told);
  REQUIRE(trails.violations().size() == 1);
  CHECK(trails.violations()[0].rule == "trail broken");
  trails.told(told(node::events_for_tests(3)[1], 0));
  CHECK(trails.violations().size() == 2);
  trails.told(told(node::events_for_tests(3)[1], 1));  // a trail of its own
  CHECK(trails.violations().size() == 2);
}

TEST_CASE("a database that was changed, is gone or is none breaks the trail") {
  const AuditFolder folder;
  write_trail(folder, 9);
  {
    node::Sqlite database(folder.file(), node::Sqlite::Access::write, seconds(1));
    database.run("UPDATE events SET text = 'never mind' WHERE sequence = 4");
  }
  Trails trails(2);
  trails.look_at(0, folder.file(), Instant(), read_told);
  REQUIRE(trails.violations().size() == 1);
  CHECK(trails.violations()[0].text.find("n1: event 4 was changed") == 0);

  Trails gone(2);
  gone.look_at(1, (folder.path() / "none.db").string(), Instant(), read_told);
  CHECK(gone.violations().empty());  // it was never started
  gone.told(told(node::events_for_tests(1)[0], 1));
  gone.look_at(1, (folder.path() / "none.db").string(), Instant(), read_told);
  CHECK(gone.violations().size() == 1);
}

TEST_CASE("the newest epoch that a node told of is that of a leader it knew") {
  Trails trails(2);
  trails.told({Instant(), 1, 4, "leader_changed", "", 1, 2});
  trails.told({Instant(), 1, 9, "election_started", "", 2, 2});
  CHECK(trails.newest_epoch(1) == 4);
  CHECK(trails.newest_epoch(0) == 0);
}

}  // namespace
}  // namespace lockstep::processes
