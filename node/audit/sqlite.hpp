// SQLite as far as the audit trail needs it: a connection and its statements, closed when they go.
//
// Every failure is an SqliteError with SQLite's own words. A connection is used by one thread at a
// time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/base/time.hpp"

namespace lockstep::node {

struct SqliteError : std::runtime_error {
  SqliteError(int result, const std::string& words) : std::runtime_error(words), code(result) {}
  int code;  // SQLite's primary result code
};

class Statement {
 public:
  Statement(sqlite3* connection, std::string_view sql);

  // Values take the places of the statement's question marks, in their order.
  template <class... Values>
  Statement& with(const Values&... values) {
    reset();
    int place = 0;
    (bind(++place, values), ...);
    return *this;
  }
  // Steps to the next row; false behind the last.
  bool next();
  void run() {
    while (next()) {
    }
  }

  // Of the row; a blob or text lives until the next step.
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Blob {
    std::string_view bytes;
  };
  void reset();
  void bind(int place, std::int64_t value);
  void bind(int place, std::string_view text);
  void bind(int place, Blob blob);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;

 public:
  [[nodiscard]] static Blob blob(std::string_view bytes) { return {bytes}; }
};

class Sqlite {
 public:
  enum class Access { read, write };

  // With Access::write the file is made if it is not there. Another process that holds a lock is
  // waited for, at most `patience`.
  Sqlite(const std::string& file, Access access, Duration patience);

  void run(const char* sql);
  [[nodiscard]] Statement prepare(std::string_view sql) { return {connection_.get(), sql}; }
  // The first column of the first row; the statement must have one.
  [[nodiscard]] std::int64_t number(std::string_view sql);
  [[nodiscard]] std::string text(std::string_view sql);
  // Nothing else is changed than what the statements name, whatever the file's schema says.
  void distrust_schema();

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
  };
  void open(const std::string& file, int flags, Duration patience);

  std::unique_ptr<sqlite3, Close> connection_;
};

// BEGIN … COMMIT; what is not committed is rolled back.
class Transaction {
 public:
  Transaction(Sqlite& database, const char* begin) : database_(database) { database_.run(begin); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Sqlite& database_;
  bool open_ = true;
};

}  // namespace lockstep::node
