// The tables of an audit database, and what stands in each column (docs/audit.md).
//
// An event's `body` is the event on the wire, and all that counts; the other columns are for
// queries and follow from it. `written_ms` alone does not: it is the wall clock of whoever wrote
// the row.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <variant>

#include "core/audit/trail.hpp"
#include "node/audit/sqlite.hpp"

namespace lockstep::node {

// The file cannot be used as this node's audit trail: what() names it and says why.
struct AuditRefused : std::runtime_error {
  AuditRefused(const std::string& file, const std::string& reason)
      : std::runtime_error(file + ": " + reason) {}
};

struct AuditOwner {
  std::string cluster;
  NodeId node;
  friend bool operator==(const AuditOwner&, const AuditOwner&) = default;
};

inline constexpr std::int64_t audit_application_id = 0x4C53'4155;  // "LSAU"
inline constexpr std::int64_t audit_format = 1;                    // PRAGMA user_version

void make_audit_tables(Sqlite& database, const AuditOwner& owner);
// Nothing in it yet: no tables, and nobody else's mark.
[[nodiscard]] bool is_blank(Sqlite& database);
// Why it is no audit database of this format, or empty.
[[nodiscard]] std::string foreign_because(Sqlite& database);
[[nodiscard]] AuditOwner owner_of(Sqlite& database);

// The columns of an event in their order, without body, hash and written_ms.
struct EventColumns {
  std::int64_t sequence = 0, at_ns = 0;
  std::string kind;
  std::int64_t epoch = 0, node = 0;
  std::string text;
  friend bool operator==(const EventColumns&, const EventColumns&) = default;
};
[[nodiscard]] EventColumns columns_of(const audit::Event& event);

// The rows of table `state` that a trail comes to.
using StateRows = std::map<std::string, std::variant<std::int64_t, std::string>>;
[[nodiscard]] StateRows state_rows(const audit::Snapshot& now);

}  // namespace lockstep::node
