#include "core/wire/log_scan.hpp"

#include <cstring>

#include "core/wire/frame.hpp"
#include "core/wire/little_endian.hpp"

namespace lockstep::wire {
namespace {

// The next place from `at` on that has the salt where a record frame has it.
std::size_t next_record(std::string_view bytes, std::size_t at, std::uint32_t salt) {
  std::string text;
  append_little_endian(salt, text);
  const std::size_t found = bytes.find(text, at + frame_overhead);
  return found == std::string_view::npos ? found : found - frame_overhead;
}

// Whether a sector between the two places never reached the disk. It reads as zeros then, as all of
// the file did before.
bool lacks_sector(std::string_view bytes, std::size_t from, std::size_t to) {
  while (from < to) {
    const std::size_t end = (from / sector_bytes + 1) * sector_bytes;
    if (end <= to && all_zero(bytes.substr(from, end - from))) return true;
    from = end;
  }
  return false;
}

// What is wrong with a record whose checksum is right; empty where it is the next one.
std::string misfit(const LogRecord& record, const LogEnd& end, std::uint32_t salt) {
  if (record.salt != salt) return "a record of another log";
  if (record.number != end.number) {
    return "record " + std::to_string(record.number) + " instead of record " +
           std::to_string(end.number);
  }
  if (record.chain != end.chain) return "a record that does not follow the one before it";
  return {};
}

}  // namespace

bool all_zero(std::string_view bytes) {
  return bytes.empty() ||
         (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

bool was_whole(std::string_view bytes, std::size_t offset, std::uint32_t salt,
               std::uint64_t number) {
  std::optional<std::size_t> same_batch;
  for (std::size_t at = offset; (at = next_record(bytes, at, salt)) != std::string_view::npos;
       ++at) {
    const auto read = read_log_record(bytes.substr(at));
    const auto* found = std::get_if<LogFrame>(&read);
    if (found == nullptr || found->record.number < number) continue;
    if (found->record.batch() > number) return true;
    if (!same_batch) same_batch = at;
  }
  return same_batch && !lacks_sector(bytes, offset, *same_batch);
}

LogEnd scan_log(std::string_view bytes, const LogStart& start, const LogSink& sink) {
  LogEnd end{start.offset, start.number, start.chain, {}, false};
  const auto stop = [&](std::string reason, bool whole) {
    end.reason = std::move(reason);
    end.damaged = whole || was_whole(bytes, end.offset, start.salt, end.number);
    return end;
  };
  while (!all_zero(bytes.substr(end.offset, sizeof(std::uint32_t)))) {
    const auto read = read_log_record(bytes.substr(end.offset));
    if (const auto* bad = std::get_if<NoLogRecord>(&read)) return stop(bad->reason, bad->whole);
    const auto& [record, size, crc] = std::get<LogFrame>(read);
    if (std::string reason = misfit(record, end, start.salt); !reason.empty())
      return stop(std::move(reason), true);
    sink(end.offset, record);
    end.chain = crc;
    ++end.number;
    end.offset += size;
  }
  if (!all_zero(bytes.substr(end.offset))) return stop("a length of 0", false);
  return end;
}

}  // namespace lockstep::wire
