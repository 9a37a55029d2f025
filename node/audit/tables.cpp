#include "node/audit/tables.hpp"

#include "core/text/to_text.hpp"
#include "node/config/json.hpp"

namespace lockstep::node {
namespace {

constexpr const char* schema = R"(
CREATE TABLE events(
  sequence   INTEGER PRIMARY KEY,  -- from 1, without a gap
  at_ns      INTEGER NOT NULL,     -- the node's own clock
  kind       TEXT NOT NULL,
  epoch      INTEGER NOT NULL,     -- 0: of no epoch
  node       INTEGER NOT NULL,     -- whom it is about; 0: nobody
  text       TEXT NOT NULL,
  body       BLOB NOT NULL,        -- the event on the wire
  hash       BLOB NOT NULL,        -- SHA-256 of the body
  written_ms INTEGER NOT NULL      -- since 1970; not part of the chain
) STRICT;
CREATE TABLE snapshots(
  sequence INTEGER PRIMARY KEY,    -- of the last event in it
  body     BLOB NOT NULL
) STRICT;
CREATE TABLE state(
  key   TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT;
)";

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

void make_audit_tables(Sqlite& database, const AuditOwner& owner) {
  Transaction all(database, "BEGIN EXCLUSIVE");
  database.run(schema);
  const std::string marks = "PRAGMA application_id = " + std::to_string(audit_application_id) +
                            "; PRAGMA user_version = " + std::to_string(audit_format);
  database.run(marks.c_str());
  Statement insert = database.prepare("INSERT INTO state VALUES(?, ?)");
  insert.with(std::string_view("cluster"), std::string_view(owner.cluster)).run();
  insert.with(std::string_view("node"), std::int64_t{owner.node.value()}).run();
  all.commit();
}

bool is_blank(Sqlite& database) {
  return database.number("PRAGMA application_id") == 0 &&
         database.number("PRAGMA user_version") == 0 &&
         database.number("SELECT count(*) FROM sqlite_schema") == 0;
}

std::string foreign_because(Sqlite& database) {
  if (database.number("PRAGMA application_id") != audit_application_id)
    return "it is an SQLite database, but no audit trail";
  const std::int64_t format = database.number("PRAGMA user_version");
  if (format != audit_format)
    return "its format is " + std::to_string(format) + ", and this version knows " +
           std::to_string(audit_format);
  return {};
}

AuditOwner owner_of(Sqlite& database) {
  return {database.text("SELECT value FROM state WHERE key = 'cluster'"),
          NodeId(static_cast<std::uint32_t>(
              database.number("SELECT value FROM state WHERE key = 'node'")))};
}

EventColumns columns_of(const audit::Event& event) {
  return {signed_of(event.sequence.value()),
          event.at.ns(),
          std::string(name_of(kind_of(event.what))),
          signed_of(epoch_of(event.what).value()),
          subject_of(event.what).value(),
          to_text(event.what)};
}

StateRows state_rows(const audit::Snapshot& now) {
  StateRows rows;
  rows["sequence"] = signed_of(now.sequence.value());
  rows["head"] = now.head.hex();
  rows["leader"] = std::int64_t{now.state.leader.value()};
  rows["epoch"] = signed_of(now.state.epoch.value());
  rows["token_epoch"] = signed_of(now.state.token.epoch.value());
  rows["token_number"] = signed_of(now.state.token.number);
  Json down = Json::array();
  for (const auto& [node, since] : now.state.down) down.push_back(node.value());
  rows["down"] = dumped(down);
  Json struck = Json::object();
  for (const auto& [node, offence] : now.state.struck)
    struck[std::to_string(node.value())] = offence;
  rows["struck"] = dumped(struck);
  for (const auto& [kind, count] : now.state.counts)
    rows["count." + std::string(name_of(kind))] = signed_of(count);
  return rows;
}

}  // namespace lockstep::node
