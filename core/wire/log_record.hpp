// The frame of one record in a write-ahead log: it names the log it belongs to, its number, the
// batch it was written with, and the checksum of the record before it, so that a scan knows what is
// ours, what is in order, and what had been synced before it. docs/storage.md has the offsets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace lockstep::wire {

struct LogRecord {
  std::uint32_t salt = 0;    // of the log, drawn when it was created; none of its bytes is 0
  std::uint64_t number = 0;  // counts from 1 over the life of the log
  std::uint32_t place = 0;   // how many records of its batch precede it
  std::uint32_t chain = 0;   // checksum of the record before it
  std::string_view bytes;
  // Every record before this one was synced when this one was written.
  [[nodiscard]] std::uint64_t batch() const { return number - place; }
};

inline constexpr std::size_t log_record_head = 20;  // between the frame's own head and the bytes

// `scratch` is memory to reuse. Gives the frame's checksum, the chain of the next record.
std::uint32_t append_log_record(const LogRecord& record, std::string& scratch, std::string& out);

struct LogFrame {
  LogRecord record;
  std::size_t size = 0;   // of the frame
  std::uint32_t crc = 0;  // of the frame
};
// A frame that could not be read as a record.
struct NoLogRecord {
  std::string reason;
  bool whole = false;  // the checksum is right, so this is not the work of a crash
};
[[nodiscard]] std::variant<LogFrame, NoLogRecord> read_log_record(std::string_view bytes);

}  // namespace lockstep::wire
