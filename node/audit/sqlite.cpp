#include "node/audit/sqlite.hpp"

#include <unistd.h>

namespace lockstep::node {
namespace {

[[noreturn]] void fail(sqlite3* connection, int result) {
  std::string words = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(result);
  throw SqliteError(result & 0xFF, words);
}

void demand(sqlite3_stmt* statement, int result) {
  if (result != SQLITE_OK) fail(sqlite3_db_handle(statement), result);
}

}  // namespace

Statement::Statement(sqlite3* connection, std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  const int result =
      sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &made, nullptr);
  statement_.reset(made);
  if (result != SQLITE_OK) fail(connection, result);
}

// What the last execution ended with was thrown then.
void Statement::reset() { (void)sqlite3_reset(statement_.get()); }

bool Statement::next() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  sqlite3* const connection = sqlite3_db_handle(statement_.get());
  const std::string words = sqlite3_errmsg(connection);
  reset();
  throw SqliteError(result & 0xFF, words);
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const {
  const auto* const from = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return from == nullptr ? std::string_view() : std::string_view(from, size);
}

void Statement::bind(int place, std::int64_t value) {
  demand(statement_.get(), sqlite3_bind_int64(statement_.get(), place, value));
}

void Statement::bind(int place, std::string_view text) {
  if (text.empty()) text = "";  // a null pointer would be NULL
  demand(statement_.get(), sqlite3_bind_text(statement_.get(), place, text.data(),
                                             static_cast<int>(text.size()), SQLITE_TRANSIENT));
}

void Statement::bind(int place, Blob blob) {
  demand(statement_.get(),
         sqlite3_bind_blob(statement_.get(), place, blob.bytes.data(),
                           static_cast<int>(blob.bytes.size()), SQLITE_TRANSIENT));
}

Sqlite::Sqlite(const std::string& file, Access access, Duration patience) {
  const bool writes = access == Access::write;
  open(file, writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY, patience);
  if (writes) return;
  try {
    (void)number("SELECT count(*) FROM sqlite_schema");
  } catch (const SqliteError& error) {
    // Where a reader can make no -wal beside the file, as in a read-only folder, and there is none,
    // the file is all there is.
    const bool barred = error.code == SQLITE_CANTOPEN || error.code == SQLITE_READONLY;
    if (!barred || ::access((file + "-wal").c_str(), F_OK) == 0) throw;
    std::string uri = "file:";
    for (const char c : file) {
      constexpr const char* hex = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      if (c == '?' || c == '#' || c == '%') {
        uri += {'%', hex[byte >> 4], hex[byte & 15]};
      } else {
        uri += c;
      }
    }
    open(uri + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, patience);
  }
}

void Sqlite::open(const std::string& file, int flags, Duration patience) {
  sqlite3* made = nullptr;
  const int result = sqlite3_open_v2(file.c_str(), &made, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(made);
  if (result != SQLITE_OK) fail(made, result);
  sqlite3_busy_timeout(made, static_cast<int>(patience.ns() / 1'000'000));
}

void Sqlite::run(const char* sql) {
  const int result = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) fail(connection_.get(), result);
}

std::int64_t Sqlite::number(std::string_view sql) {
  Statement statement = prepare(sql);
  if (!statement.next()) throw SqliteError(SQLITE_ERROR, "no row: " + std::string(sql));
  return statement.number(0);
}

std::string Sqlite::text(std::string_view sql) {
  Statement statement = prepare(sql);
  if (!statement.next()) throw SqliteError(SQLITE_ERROR, "no row: " + std::string(sql));
  return std::string(statement.bytes(0));
}

void Sqlite::distrust_schema() {
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  run("PRAGMA cell_size_check = ON");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const SqliteError&) {  // some failures have rolled back already
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace lockstep::node
