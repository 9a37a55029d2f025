// Looking at a log without touching it, for `lockstepctl wal dump|verify`. Takes no lock, opens
// files for reading only, and works while a node has the folder open.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace lockstep::net::storage {

struct Verdict {
  enum class Kind : std::uint8_t { ok, torn_tail, damaged, unreadable };
  Kind kind = Kind::ok;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // of all segments
  std::string text;         // a sentence; names file and offset unless ok
};

// `unreadable`: no folder, no segment in it, no permission, or another format. A log that a node is
// writing may look torn: its last write is under way.
[[nodiscard]] Verdict verify(const std::string& folder);

using Describe = std::function<std::string(std::string_view record)>;
using Line = std::function<void(std::string_view line)>;
// Tells `line` one line a record, oldest first:
//   segment-00000001 offset 75 record 1 size 12 DESCRIPTION
// size: of the record itself, in bytes. The verdict holds what verify() says.
Verdict dump(const std::string& folder, const Describe& describe, const Line& line);

}  // namespace lockstep::net::storage
