// Scan of a run of log records in a file that was zeros before them: what is believed, and what the
// place is where it ends (docs/storage.md, "How recovery decides").
//
// Records are believed up to the first place that is not the next record. That place is a torn
// tail, which may be cut, only if nothing behind it in this file shows that it was ever whole: no
// record of a later batch, and, where records of its own batch survived behind it, a sector of it
// that never reached the disk. Everything else is damage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/log_record.hpp"

namespace lockstep::wire {

// The unit that a disk writes or does not write; larger ones are multiples of it.
inline constexpr std::size_t sector_bytes = 512;

struct LogStart {
  std::size_t offset = 0;
  std::uint32_t salt = 0;
  std::uint64_t number = 1;  // of the record there
  std::uint32_t chain = 0;   // checksum of the record before it
};

struct LogEnd {
  std::size_t offset = 0;    // behind the last record
  std::uint64_t number = 1;  // of the record that comes next
  std::uint32_t chain = 0;   // checksum of the last record
  std::string reason;        // why the rest is no record; empty where the rest is zeros
  bool damaged = false;      // the rest was durable once
};

using LogSink = std::function<void(std::size_t offset, const LogRecord&)>;

// Records are told to `sink`, oldest first, before it is known that all is well.
[[nodiscard]] LogEnd scan_log(std::string_view bytes, const LogStart& start, const LogSink& sink);

// Whether something from `offset` on shows that the record `number` was whole there once.
[[nodiscard]] bool was_whole(std::string_view bytes, std::size_t offset, std::uint32_t salt,
                             std::uint64_t number);

[[nodiscard]] bool all_zero(std::string_view bytes);

}  // namespace lockstep::wire
