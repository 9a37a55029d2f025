#include "node/audit/database.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "core/audit/verify.hpp"
#include "core/base/check.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::node {
namespace {

constexpr std::int64_t page_bytes = 4096;

Sqlite opened(const std::string& file, Duration patience) {
  try {
    return Sqlite(file, Sqlite::Access::write, patience);
  } catch (const SqliteError& error) {
    throw AuditRefused(file, error.what());
  }
}

template <class T>
std::string on_the_wire(const T& value) {
  std::string bytes;
  wire::encode(value, bytes);
  return bytes;
}

std::string_view view(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

std::int64_t wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

AuditDatabase::AuditDatabase(const std::string& file, const AuditOwner& owner, Options options)
    : file_(file), database_(opened(file, options.patience)) {
  try {
    prepare(owner, options);
    load();
  } catch (const SqliteError& error) {
    throw AuditRefused(file_, error.what());
  }
}

void AuditDatabase::prepare(const AuditOwner& owner, const Options& options) {
  database_.distrust_schema();
  if (is_blank(database_)) make_audit_tables(database_, owner);
  if (const std::string reason = foreign_because(database_); !reason.empty())
    throw AuditRefused(file_, reason);
  if (const std::string words = database_.text("PRAGMA quick_check(1)"); words != "ok")
    throw AuditRefused(file_, "it is damaged: " + words);
  const AuditOwner found = owner_of(database_);
  if (found != owner)
    throw AuditRefused(file_, "it is of node " + std::to_string(found.node.value()) +
                                  " of cluster \"" + found.cluster + "\"");
  // A reader never waits for the writer so, nor the writer for a reader. An append is synced when
  // the log is taken over into the file: what a power cut takes, the node's records bring back.
  if (database_.text("PRAGMA journal_mode = WAL") != "wal")
    throw AuditRefused(file_, "its file system has no write-ahead log for SQLite");
  database_.run("PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304");
  if (options.most_bytes > 0) {
    const auto pages =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(options.most_bytes) / page_bytes);
    (void)database_.number("PRAGMA max_page_count = " + std::to_string(pages));
  }
}

// The trail after the last snapshot and the events behind it; those before are verify's to check.
void AuditDatabase::load() {
  Transaction reading(database_, "BEGIN");
  Statement last = database_.prepare("SELECT body FROM snapshots ORDER BY sequence DESC LIMIT 1");
  audit::Trail from;
  if (last.next()) {
    auto snapshot = wire::decode<audit::Snapshot>(last.bytes(0));
    if (!snapshot) throw AuditRefused(file_, "it is damaged: its last snapshot cannot be read");
    Statement anchor = database_.prepare("SELECT hash FROM events WHERE sequence = ?");
    const auto sequence = static_cast<std::int64_t>(snapshot->sequence.value());
    if (!anchor.with(sequence).next() || anchor.bytes(0) != view(snapshot->head))
      throw AuditRefused(file_, "it is damaged: event " + std::to_string(sequence) +
                                    " is not the one of its snapshot");
    from = audit::Trail(*std::move(snapshot));
  }
  const auto first = static_cast<std::int64_t>(from.last().value());
  audit::Verifier verifier(std::move(from));
  Statement events =
      database_.prepare("SELECT body FROM events WHERE sequence > ? ORDER BY sequence");
  events.with(first);
  while (events.next()) {
    const auto event = wire::decode<audit::Event>(events.bytes(0));
    if (!event)
      throw AuditRefused(file_, "it is damaged: the event after " +
                                    std::to_string(verifier.trail().last().value()) +
                                    " cannot be read");
    verifier.add(*event);
  }
  if (const auto flaw = verifier.flaw())
    throw AuditRefused(file_, "it is damaged: " + explain(*flaw));
  trail_ = verifier.trail();
}

void AuditDatabase::append(std::span<const audit::Event> events) {
  if (events.empty()) return;
  audit::Trail after = trail_;
  Transaction all(database_, "BEGIN IMMEDIATE");
  Statement insert_snapshot = database_.prepare("INSERT INTO snapshots VALUES(?, ?)");
  for (const audit::Event& event : events) {
    after.take(event);
    insert(event);
    if (const auto snapshot = after.due()) {
      const std::string body = on_the_wire(*snapshot);
      insert_snapshot
          .with(static_cast<std::int64_t>(snapshot->sequence.value()), Statement::blob(body))
          .run();
    }
  }
  store_state(after.snapshot());
  all.commit();
  trail_ = std::move(after);
}

void AuditDatabase::insert(const audit::Event& event) {
  Statement insert = database_.prepare("INSERT INTO events VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const EventColumns row = columns_of(event);
  const std::string body = on_the_wire(event);
  const Hash hash = hash_of(event);
  insert
      .with(row.sequence, row.at_ns, std::string_view(row.kind), row.epoch, row.node,
            std::string_view(row.text), Statement::blob(body), Statement::blob(view(hash)),
            wall_clock_ms())
      .run();
}

void AuditDatabase::store_state(const audit::Snapshot& now) {
  Statement set = database_.prepare("INSERT OR REPLACE INTO state VALUES(?, ?)");
  for (const auto& [key, value] : state_rows(now)) {
    const std::string_view name = key;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      set.with(name, *number).run();
    } else {
      set.with(name, std::string_view(std::get<std::string>(value))).run();
    }
  }
}

}  // namespace lockstep::node
