// Scan: what a folder of segments holds, found out by reading only. Recovery and `wal verify` see
// the same log because both ask here.
//
// The rule: records are believed up to the first place that is not the next record. That place is a
// torn tail, which may be cut, only if nothing shows that it was ever whole: no record of a later
// batch, no later segment in use, and, where records of its own batch survived behind it, a sector
// of it that never reached the disk. Everything else is damage.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/storage/log_store.hpp"
#include "net/storage/segment.hpp"

namespace lockstep::net::storage {

struct Place {
  std::string file;  // its name in the folder
  std::uint64_t offset = 0;
};

struct Torn {
  Place at;
  std::uint64_t bytes = 0;  // up to the last that is not zero
  std::string reason;
};

struct Scan {
  Header log;                     // of the first segment: who the log belongs to
  std::uint64_t next_number = 1;  // of the record that comes next
  std::uint32_t chain = 0;        // checksum of the last record
  std::uint64_t newest = 0;       // number of the newest segment in use
  std::uint64_t end = 0;          // where the next record goes in it
  std::uint64_t size = 0;         // of it, when it was made
  std::uint64_t total = 0;        // bytes of all segments
  bool spare = false;             // a segment behind the newest is there, empty or to be emptied
  std::optional<Torn> torn;       // in the newest or, when its header never came down, the spare
  std::vector<Torn> ignored;      // behind the last record of a segment that is full
};

using Load = std::function<std::string(const std::string& path)>;
using Sink = std::function<void(const Place&, const Record&)>;

// `names`: what is in the folder, sorted. Records are told to `sink`, oldest first, before it is
// known that all is well. Throws LogDamaged and LogForeign, and what `load` throws. REQUIRES: a
// segment among the names.
[[nodiscard]] Scan scan(const std::string& folder, const std::vector<std::string>& names,
                        const Load& load, const Sink& sink);

}  // namespace lockstep::net::storage
