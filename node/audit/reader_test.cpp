#include "node/audit/reader.hpp"

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/wire/codec.hpp"
#include "node/audit/trails_for_tests.hpp"

namespace lockstep::node {
namespace {

std::string content_of(const std::string& file) {
  std::ostringstream all;
  all << std::ifstream(file, std::ios::binary).rdbuf();
  return all.str();
}

std::vector<audit::Event> events_in(const std::string& file, std::uint64_t from = 0) {
  std::vector<audit::Event> events;
  AuditReader(file).events(audit::Sequence(from), [&](const audit::Event& event) {
    events.push_back(event);
    return true;
  });
  return events;
}

// A database of that many events, changed by somebody who knows SQL.
struct Tampered {
  explicit Tampered(std::size_t count, const std::string& sql = "") {
    AuditDatabase(folder.file(), test_owner).append(events_for_tests(count));
    if (!sql.empty()) Sqlite(folder.file(), Sqlite::Access::write, seconds(1)).run(sql.c_str());
  }
  [[nodiscard]] AuditVerdict verdict(std::optional<Hash> head = std::nullopt) const {
    return AuditReader(folder.file()).verify(head);
  }
  AuditFolder folder;
};

void finds(const std::string& sql, const std::string& wrong, std::uint64_t at,
           std::size_t count = 12) {
  CAPTURE(sql);
  const AuditVerdict verdict = Tampered(count, sql).verdict();
  CHECK(verdict.wrong == wrong);
  CHECK_MESSAGE(verdict.at == audit::Sequence(at), verdict.sentence);
}

TEST_CASE("a whole database, and its head") {
  Tampered whole(1005);
  const auto events = events_for_tests(1005);
  const AuditVerdict verdict = whole.verdict(hash_of(events[700]));
  CHECK(verdict.wrong == "");
  CHECK(verdict.last == audit::Sequence(1005));
  CHECK(verdict.head == hash_of(events.back()));
  CHECK(verdict.noted == audit::Sequence(701));
  CHECK(whole.verdict(sha256("x")).wrong == "other_head");
  CHECK(AuditReader(whole.folder.file()).owner() == test_owner);
  CHECK(Tampered(0).verdict().wrong == "");
}

TEST_CASE("events come from any place on") {
  Tampered whole(30);
  const auto events = events_for_tests(30);
  CHECK(events_in(whole.folder.file()) == events);
  CHECK(events_in(whole.folder.file(), 21) ==
        std::vector<audit::Event>(events.begin() + 20, events.end()));
  CHECK(events_in(whole.folder.file(), 31).empty());
  int seen = 0;
  AuditReader(whole.folder.file()).events({}, [&](const audit::Event&) { return ++seen < 5; });
  CHECK(seen == 5);
  Tampered bad(5, "UPDATE events SET body = x'00' WHERE sequence = 3");
  CHECK_THROWS_AS(events_in(bad.folder.file()), AuditRefused);
}

TEST_CASE("what somebody changed with SQL is found, with its place") {
  finds("DELETE FROM events WHERE sequence = 5", "dropped", 5);
  finds("DELETE FROM events WHERE sequence = 1", "dropped", 1);
  finds("UPDATE events SET at_ns = 7 WHERE sequence = 5", "changed", 5);
  finds("UPDATE events SET kind = 'x' WHERE sequence = 5", "changed", 5);
  finds("UPDATE events SET epoch = epoch + 1 WHERE sequence = 5", "changed", 5);
  finds("UPDATE events SET node = node + 1 WHERE sequence = 5", "changed", 5);
  finds("UPDATE events SET text = 'x' WHERE sequence = 12", "changed", 12);
  finds("UPDATE events SET hash = zeroblob(32) WHERE sequence = 5", "changed", 5);
  finds("UPDATE events SET body = x'00' WHERE sequence = 5", "changed", 5);
  finds("UPDATE events SET body = (SELECT body FROM events WHERE sequence = 4) WHERE sequence = 5",
        "reordered", 4);
  finds("UPDATE events SET body = (SELECT body FROM events WHERE sequence = 9) WHERE sequence = 5",
        "dropped", 5);
  finds(
      "UPDATE events SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) "
      "WHERE sequence = 5",
      "changed", 5);
  finds("DELETE FROM events WHERE sequence = 5; UPDATE events SET body = x'00' WHERE sequence = 9",
        "dropped", 5);
  finds("UPDATE events SET sequence = -5 WHERE sequence = 5", "reordered", 1);
  finds("UPDATE events SET sequence = 13 WHERE sequence = 12", "changed", 12);
  finds("UPDATE events SET sequence = 99 WHERE sequence = 1", "reordered", 1);
  finds("UPDATE events SET sequence = -sequence; UPDATE events SET sequence = 1 - sequence",
        "changed", 1);
}

TEST_CASE("so are snapshots and the state") {
  finds("UPDATE snapshots SET body = x'00'", "other_snapshot", 1000, 1003);
  finds("UPDATE snapshots SET sequence = 999", "other_snapshot", 999, 1003);
  finds("UPDATE snapshots SET sequence = 2000", "other_snapshot", 1000, 1003);
  finds("DELETE FROM snapshots", "other_snapshot", 1000, 1003);
  finds("INSERT INTO snapshots SELECT 2000, body FROM snapshots", "other_snapshot", 2000, 1003);
  finds("UPDATE state SET value = 9 WHERE key = 'leader'", "other_state", 0);
  finds("UPDATE state SET value = '9' WHERE key = 'epoch'", "other_state", 0);
  finds("DELETE FROM state WHERE key = 'head'", "other_state", 0);
  finds("INSERT INTO state VALUES('more', 1)", "other_state", 0);
  // The end cut off: the state still tells.
  finds("DELETE FROM events WHERE sequence = 12", "other_state", 0);
}

TEST_CASE("damage that no query meets is found") {
  const Tampered six(6);
  constexpr std::streamoff count_of_free_pages = 36;  // in the file's header, four bytes
  std::fstream(six.folder.file(), std::ios::binary | std::ios::in | std::ios::out)
      .seekp(count_of_free_pages + 3)
      .put(5);
  CHECK(events_in(six.folder.file()) == events_for_tests(6));
  CHECK(six.verdict().wrong == "damaged");
}

TEST_CASE("tables that are none are no trail") {
  finds("ALTER TABLE events RENAME TO kept; CREATE VIEW events AS SELECT * FROM kept", "damaged",
        1);
  finds("DROP TABLE snapshots", "damaged", 1);
}

TEST_CASE("an event that was changed with its hash is found by the next one's link") {
  AuditFolder folder;
  const auto events = events_for_tests(12);
  { AuditDatabase(folder.file(), test_owner).append(events); }
  audit::Event forged = events[4];
  forged.at = forged.at + seconds(1);
  std::string body;
  wire::encode(forged, body);
  const Hash hash = hash_of(forged);
  {
    Sqlite writer(folder.file(), Sqlite::Access::write, seconds(1));
    writer.prepare("UPDATE events SET body = ?, hash = ?, at_ns = ? WHERE sequence = 5")
        .with(Statement::blob(body),
              Statement::blob({reinterpret_cast<const char*>(hash.bytes.data()), 32}),
              forged.at.ns())
        .run();
  }
  const AuditVerdict verdict = AuditReader(folder.file()).verify(std::nullopt);
  CHECK(verdict.wrong == "changed");
  CHECK(verdict.at == audit::Sequence(5));
}

TEST_CASE("whatever byte of the file changes: it is refused, found, or changes no event") {
  const Tampered six(6);
  const auto events = events_for_tests(6);
  const std::string good = content_of(six.folder.file());
  const std::string file = six.folder.file();
  std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](std::size_t at, char byte) {
    bytes.seekp(static_cast<std::streamoff>(at)).put(byte).flush();
  };
  std::size_t noticed = 0;
  std::size_t harmless = 0;
  for (std::size_t at = 0; at < good.size(); at += 7) {
    CAPTURE(at);
    put(at, static_cast<char>(good[at] ^ (1 << (at % 8))));
    bool whole = false;
    try {
      whole = AuditReader(file).verify(hash_of(events.back())).wrong.empty();
    } catch (const AuditRefused&) {
    }
    if (whole) CHECK(events_in(file) == events);
    ++(whole ? harmless : noticed);
    put(at, good[at]);
  }
  CHECK(noticed > 150);
  CHECK(harmless > 500);  // free space in pages
}

TEST_CASE("what is no audit database is refused with the reason") {
  AuditFolder folder;
  const auto words = [](const std::string& file) -> std::string {
    try {
      AuditReader reader(file);
      return "";
    } catch (const AuditRefused& refused) {
      return refused.what();
    }
  };
  CHECK(words(folder.file()) == folder.file() + ": there is no such file, or it may not be read");
  std::ofstream(folder.file()) << "";
  CHECK(words(folder.file()) == folder.file() + ": it is empty");
  std::ofstream(folder.file()) << std::string(5000, 'x');
  CHECK(words(folder.file()) == folder.file() + ": file is not a database");
  CHECK(words(folder.path().string()) == folder.path().string() + ": it is a folder");
}

TEST_CASE("a reader sees a whole trail at every moment of writing") {
  AuditFolder folder;
  const auto events = events_for_tests(3000);
  AuditDatabase database(folder.file(), test_owner);
  std::atomic<bool> done{false};
  std::uint64_t looked = 0;
  std::uint64_t latest = 0;
  std::string wrong;
  std::thread reader([&] {
    AuditReader audit(folder.file());
    while (!done && wrong.empty()) {
      const AuditVerdict verdict = audit.verify(std::nullopt);
      wrong = verdict.sentence;
      if (verdict.last.value() < latest) wrong = "the trail became shorter";
      latest = verdict.last.value();
      ++looked;
    }
  });
  for (std::size_t at = 0; at < events.size(); at += 3)
    database.append(std::span(events).subspan(at, 3));
  done = true;
  reader.join();
  CHECK(wrong == "");
  CHECK(looked > 3);
  CHECK(AuditReader(folder.file()).verify(std::nullopt).last == audit::Sequence(3000));
}

}  // namespace
}  // namespace lockstep::node
