// AuditReader: an audit database as anybody reads it, read-only, while its node runs or not.
//
// Every answer is of one moment, whatever is written meanwhile.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/audit/verify.hpp"
#include "node/audit/sqlite.hpp"
#include "node/audit/tables.hpp"

namespace lockstep::node {

struct AuditVerdict {
  std::string wrong;     // empty: nothing; a name of audit::Wrong, or "other_state", "damaged"
  std::string sentence;  // what is wrong, for a person
  audit::Sequence at;    // the first event that it is about; 0 where it is about none
  audit::Sequence last;  // of the events that hold
  Hash head;             // of that one
  std::optional<audit::Sequence> noted;  // the event with the noted head
};

class AuditReader {
 public:
  // Throws AuditRefused if there is no audit database of this format.
  explicit AuditReader(std::string file);

  [[nodiscard]] const AuditOwner& owner() const { return owner_; }

  // Calls `visit` with each event from `from` on, in order; stops when it answers false. Throws
  // AuditRefused at what cannot be read. Checks nothing else: that is verify's.
  void events(audit::Sequence from, const std::function<bool(const audit::Event&)>& visit);

  // Everything: SQLite's own check, each event's body, hash and columns, the chain, the snapshots
  // and the state (core/audit/verify.hpp).
  [[nodiscard]] AuditVerdict verify(std::optional<Hash> noted_head);

 private:
  std::string file_;
  Sqlite database_;
  AuditOwner owner_;
};

}  // namespace lockstep::node
