#include "node/audit/database.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"
#include "node/audit/reader.hpp"
#include "node/audit/trails_for_tests.hpp"

namespace lockstep::node {
namespace {

using std::filesystem::file_size;

void write_file(const std::string& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

// The end of what was refused, behind the file's name.
void check_refused(const std::string& file, const std::string& reason,
                   const AuditOwner& owner = test_owner) {
  const std::string words = reason_of_refusal(file, owner);
  CHECK_MESSAGE(words.starts_with(file + ": "), words);
  CHECK_MESSAGE(words.find(reason) != std::string::npos, words);
}

void expect_whole(const std::string& file, std::uint64_t last) {
  const AuditVerdict verdict = AuditReader(file).verify(std::nullopt);
  CHECK_MESSAGE(verdict.wrong.empty(), verdict.sentence);
  CHECK(verdict.last == audit::Sequence(last));
}

TEST_CASE("what was appended is there when the file is opened again") {
  AuditFolder folder;
  const auto events = events_for_tests(2500);
  audit::Trail expected;
  std::size_t done = 0;
  for (const std::size_t upto : {0u, 1u, 7u, 999u, 1000u, 1001u, 2100u, 2500u}) {
    AuditDatabase database(folder.file(), test_owner);
    CHECK(database.trail().snapshot() == expected.snapshot());
    database.append(std::span(events).subspan(done, upto - done));
    for (; done < upto; ++done) expected.take(events[done]);
    CHECK(database.trail().snapshot() == expected.snapshot());
  }
  expect_whole(folder.file(), 2500);
}

TEST_CASE("others can query it") {
  AuditFolder folder;
  audit::Trail trail;
  std::vector<audit::Event> events;
  for (const audit::What& what : audit::tests::one_of_each())
    events.push_back(trail.append(Instant() + seconds(1), what));
  AuditDatabase database(folder.file(), test_owner);
  database.append(events);

  Sqlite other(folder.file(), Sqlite::Access::read, seconds(1));
  CHECK(other.number("SELECT count(*) FROM events") == 12);
  CHECK(other.number("SELECT sequence FROM events WHERE kind = 'token_issued' AND node = 4 "
                     "AND epoch = 3 AND at_ns = 1000000000") == 11);
  CHECK(other.text("SELECT text FROM events WHERE sequence = 8") == to_text(events[7].what));
  CHECK(wire::decode<audit::Event>(other.text("SELECT body FROM events WHERE sequence = 8")) ==
        events[7]);
  CHECK(other.text("SELECT lower(hex(hash)) FROM events ORDER BY sequence DESC") ==
        trail.head().hex());
  CHECK(other.number("SELECT min(written_ms) > 1700000000000 FROM events") == 1);
  const auto state = [&](const std::string& key) {
    return other.text("SELECT value FROM state WHERE key = '" + key + "'");
  };
  CHECK(state("cluster") == "rooms");
  CHECK(state("node") == "3");
  CHECK(state("sequence") == "12");
  CHECK(state("head") == trail.head().hex());
  CHECK(state("leader") == "4");
  CHECK(state("epoch") == "3");
  CHECK(state("token_epoch") == "3");
  CHECK(state("token_number") == "300");
  CHECK(state("down") == "[]");
  CHECK(state("struck") == R"({"2":"two_votes"})");
  CHECK(state("count.node_failed") == "1");
  CHECK(other.number("SELECT count(*) FROM state") == 10 + 12);
}

TEST_CASE("a file that is no audit trail of this node is refused, and stays as it is") {
  AuditFolder folder;
  check_refused((folder.path() / "nowhere" / "audit.db").string(), "unable to open");
  check_refused(folder.path().string(), "unable to open");
  write_file(folder.file(), std::string(5000, 'x'));
  check_refused(folder.file(), "not a database");
  CHECK(file_size(folder.file()) == 5000);

  const std::string foreign = (folder.path() / "foreign.db").string();
  Sqlite(foreign, Sqlite::Access::write, seconds(1)).run("CREATE TABLE events(a)");
  check_refused(foreign, "no audit trail");
  CHECK(Sqlite(foreign, Sqlite::Access::read, seconds(1)).text("PRAGMA journal_mode") == "delete");

  const std::string marked = (folder.path() / "marked.db").string();
  Sqlite(marked, Sqlite::Access::write, seconds(1)).run("PRAGMA user_version = 9");
  check_refused(marked, "no audit trail");

  const std::string own = (folder.path() / "own.db").string();
  { AuditDatabase database(own, test_owner); }
  check_refused(own, "it is of node 3 of cluster \"rooms\"", {"rooms", NodeId(4)});
  check_refused(own, "it is of node 3 of cluster \"rooms\"", {"other", NodeId(3)});
  CHECK(reason_of_refusal(own) == "");
  Sqlite(own, Sqlite::Access::write, seconds(1)).run("PRAGMA user_version = 2");
  check_refused(own, "its format is 2, and this version knows 1");
}

TEST_CASE("a cluster without a name has a trail as well") {
  AuditFolder folder;
  CHECK(reason_of_refusal(folder.file(), {"", NodeId(1)}) == "");
  CHECK(reason_of_refusal(folder.file(), {"", NodeId(1)}) == "");
  expect_whole(folder.file(), 0);
}

TEST_CASE("an empty file is made into a database") {
  AuditFolder folder;
  write_file(folder.file(), "");
  CHECK(reason_of_refusal(folder.file()) == "");
  expect_whole(folder.file(), 0);
}

TEST_CASE("a damaged file is refused with what is wrong") {
  AuditFolder folder;
  const auto refused_after = [&](const char* sql, const std::string& reason) {
    std::filesystem::remove(folder.file());
    AuditDatabase(folder.file(), test_owner).append(events_for_tests(1010));
    Sqlite(folder.file(), Sqlite::Access::write, seconds(1)).run(sql);
    check_refused(folder.file(), reason);
  };
  refused_after("DELETE FROM events WHERE sequence = 1005", "event 1005 is missing");
  refused_after("UPDATE events SET body = x'00' WHERE sequence = 1005",
                "after 1004 cannot be read");
  refused_after(
      "UPDATE events SET body = (SELECT body FROM events WHERE sequence = 1004) "
      "WHERE sequence = 1005",
      "event 1004 is not in its place");
  refused_after("UPDATE snapshots SET body = x'00'", "its last snapshot cannot be read");
  refused_after("DELETE FROM events WHERE sequence >= 1000", "event 1000 is not the one");
  refused_after("UPDATE events SET hash = zeroblob(32) WHERE sequence = 1000",
                "event 1000 is not the one");
  refused_after("DROP TABLE snapshots", "no such table");
  refused_after("DELETE FROM state WHERE key = 'node'", "no row");

  // A page of old events, which are not read at the start.
  std::filesystem::remove(folder.file());
  AuditDatabase(folder.file(), test_owner).append(events_for_tests(1010));
  std::fstream(folder.file(), std::ios::binary | std::ios::in | std::ios::out)
          .seekp(static_cast<std::streamoff>(file_size(folder.file()) / 2 / 4096 * 4096))
      << "rubbish";
  check_refused(folder.file(), "it is damaged: ");

  std::filesystem::resize_file(folder.file(), file_size(folder.file()) / 2);
  CHECK(reason_of_refusal(folder.file()).starts_with(folder.file() + ": "));
}

TEST_CASE("with no room left an append changes nothing, and works again when there is") {
  AuditFolder folder;
  const auto events = events_for_tests(3000);
  const auto all = std::span(events);
  std::size_t done = 0;
  {
    AuditDatabase database(folder.file(), test_owner, {.most_bytes = 100 * 4096});
    int code = 0;
    try {
      for (; done < all.size(); done += 10) database.append(all.subspan(done, 10));
    } catch (const SqliteError& error) {
      code = error.code;
    }
    CHECK(code == SQLITE_FULL);
    CHECK(done > 100);
    CHECK(done < all.size());
    CHECK(database.trail().last().value() == done);
    CHECK_THROWS_AS(database.append(all.subspan(done, 10)), SqliteError);
  }
  CHECK(file_size(folder.file()) <= 100 * 4096);
  expect_whole(folder.file(), done);
  AuditDatabase database(folder.file(), test_owner);
  database.append(all.subspan(done));
  expect_whole(folder.file(), 3000);
}

TEST_CASE("a limit on the size of files is a full disk") {
  AuditFolder folder;
  const auto events = events_for_tests(2000);
  const auto all = std::span(events);
  AuditDatabase database(folder.file(), test_owner);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit small = before;
  small.rlim_cur = 200'000;
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  std::size_t done = 0;
  try {
    for (; done < all.size(); done += 10) database.append(all.subspan(done, 10));
  } catch (const SqliteError&) {
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  CHECK(done > 0);
  CHECK(done < all.size());
  CHECK(database.trail().last().value() == done);
  expect_whole(folder.file(), done);
  database.append(all.subspan(done));
  expect_whole(folder.file(), 2000);
}

// Appends one to seven events at a time and says how many are there, until it is killed.
[[noreturn]] void write_for_ever(const std::string& file, int tell) {
  const auto events = events_for_tests(20'000);
  AuditDatabase database(file, test_owner);
  std::size_t done = database.trail().last().value();
  for (std::size_t size = 1; done + size < events.size(); size = size % 7 + 1) {
    database.append(std::span(events).subspan(done, size));
    done += size;
    if (::write(tell, &done, sizeof done) != static_cast<ssize_t>(sizeof done)) break;
  }
  ::_exit(0);
}

TEST_CASE("killed in mid-write, it holds what was appended, and goes on") {
  AuditFolder folder;
  std::size_t told = 0;
  for (std::size_t life = 0; life < 25; ++life) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      write_for_ever(folder.file(), ends[1]);
    }
    ::close(ends[1]);
    for (std::size_t words = 0; words < 1 + life % 9; ++words)
      REQUIRE(::read(ends[0], &told, sizeof told) == static_cast<ssize_t>(sizeof told));
    // Another process looks while it is written.
    CHECK(AuditReader(folder.file()).verify(std::nullopt).sentence == "");
    ::kill(child, SIGKILL);
    while (::read(ends[0], &told, sizeof told) > 0) {
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);

    const auto last = AuditDatabase(folder.file(), test_owner).trail().last().value();
    CHECK(last >= told);
    CHECK(last <= told + 7);
    const auto events = events_for_tests(last);
    audit::Trail expected;
    for (const audit::Event& event : events) expected.take(event);
    CHECK(AuditDatabase(folder.file(), test_owner).trail().snapshot() == expected.snapshot());
    expect_whole(folder.file(), last);
  }
}

}  // namespace
}  // namespace lockstep::node
