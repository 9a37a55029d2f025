// Inspection: an audit database looked at row by row, for AuditReader::verify.
#pragma once

#include <optional>
#include <string>

#include "core/audit/verify.hpp"
#include "node/audit/reader.hpp"

namespace lockstep::node {

class Inspection {
 public:
  Inspection(Sqlite& database, const AuditOwner& owner, std::optional<Hash> noted_head)
      : database_(database), owner_(owner), verifier_({}, noted_head) {}

  [[nodiscard]] AuditVerdict verdict();

 private:
  void look_at_pages();
  void look_at_events();
  void look_at_event(Statement& row);
  void look_at_snapshots(audit::Sequence upto);
  void look_at_state();
  void found(std::string wrong, audit::Sequence at, std::string sentence);

  Sqlite& database_;
  const AuditOwner& owner_;
  audit::Verifier verifier_;
  std::optional<Statement> snapshots_;  // at the next one that was not looked at, or past the last
  bool more_snapshots_ = false;
  AuditVerdict verdict_;
};

}  // namespace lockstep::node
