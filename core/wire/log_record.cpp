#include "core/wire/log_record.hpp"

#include "core/wire/frame.hpp"
#include "core/wire/little_endian.hpp"

namespace lockstep::wire {

std::uint32_t append_log_record(const LogRecord& record, std::string& scratch, std::string& out) {
  scratch.clear();
  append_little_endian(record.salt, scratch);
  append_little_endian(record.number, scratch);
  append_little_endian(record.place, scratch);
  append_little_endian(record.chain, scratch);
  scratch += record.bytes;
  const std::size_t start = out.size();
  append_frame(scratch, out);
  return little_endian<std::uint32_t>(out, start + frame_crc_at);
}

std::variant<LogFrame, NoLogRecord> read_log_record(std::string_view bytes) {
  const auto read = read_frame(bytes);
  if (const auto* corrupt = std::get_if<Corrupt>(&read))
    return NoLogRecord{std::string(corrupt->reason), false};
  const auto* frame = std::get_if<Frame>(&read);
  if (frame == nullptr) return NoLogRecord{"a frame that would reach beyond the file", false};
  const std::string_view payload = frame->payload;
  if (payload.size() < log_record_head) return NoLogRecord{"it is not a record", true};
  LogRecord record;
  record.salt = little_endian<std::uint32_t>(payload, 0);
  record.number = little_endian<std::uint64_t>(payload, 4);
  record.place = little_endian<std::uint32_t>(payload, 12);
  record.chain = little_endian<std::uint32_t>(payload, 16);
  if (record.place >= record.number) return NoLogRecord{"it is not a record", true};
  record.bytes = payload.substr(log_record_head);
  return LogFrame{record, frame->size, little_endian<std::uint32_t>(bytes, frame_crc_at)};
}

}  // namespace lockstep::wire
