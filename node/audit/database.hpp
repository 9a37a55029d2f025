// AuditDatabase: a node's audit trail as an SQLite file, for whoever writes it. Other processes
// read it meanwhile, with lockstepctl or any SQLite (docs/audit.md).
//
// Promises: the file always holds the events 1..n of one trail, whole, with the state they come to;
// an append is there for every reader or not at all, whatever kills the process. A power cut may
// take the latest appends, which the node's own records then bring back.
// Refuses: a file that is damaged, is something else, or is another node's.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/audit/trail.hpp"
#include "core/base/time.hpp"
#include "node/audit/sqlite.hpp"
#include "node/audit/tables.hpp"

namespace lockstep::node {

class AuditDatabase {
 public:
  struct Options {
    std::uint64_t most_bytes = 0;    // of the file; 0: as the disk has room
    Duration patience = seconds(1);  // with another process that holds a lock
  };

  // Made if it is not there. Throws AuditRefused.
  AuditDatabase(const std::string& file, const AuditOwner& owner, Options options);
  AuditDatabase(const std::string& file, const AuditOwner& owner)
      : AuditDatabase(file, owner, Options{}) {}

  // What the file holds.
  [[nodiscard]] const audit::Trail& trail() const { return trail_; }

  // All of them in one transaction, with the snapshots that are due. Throws SqliteError, and then
  // nothing has changed. REQUIRES: they follow the trail.
  void append(std::span<const audit::Event> events);

 private:
  void prepare(const AuditOwner& owner, const Options& options);
  void load();
  void insert(const audit::Event& event);
  void store_state(const audit::Snapshot& now);

  std::string file_;
  Sqlite database_;
  audit::Trail trail_;
};

}  // namespace lockstep::node
