// The format of a segment: a header frame, record frames (core/wire/log_record.hpp), zeros.
// docs/storage.md has the offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/wire/log_record.hpp"
#include "core/wire/log_scan.hpp"

namespace lockstep::net::storage {

inline constexpr std::uint32_t segment_version = 1;
using wire::sector_bytes;

struct Header {
  std::uint32_t version = segment_version;
  std::uint32_t salt = 0;     // of the log, drawn when it was created
  std::uint64_t segment = 0;  // counts from 1
  std::uint64_t size = 0;     // of the file
  std::uint64_t first = 0;    // number of the first record
  std::uint32_t chain = 0;    // checksum of the record before it; 0 for the first of the log
  std::uint32_t node = 0;
  std::string cluster;
};

using Record = wire::LogRecord;

void append_header(const Header& header, std::string& out);
// A frame that could not be read as what was expected.
struct Bad {
  std::string reason;
  bool whole = false;  // the checksum is right, so this is not the work of a crash
};
struct ReadHeader {
  Header value;
  std::size_t size = 0;  // of the frame
};
[[nodiscard]] std::variant<ReadHeader, Bad> read_header(std::string_view bytes);

[[nodiscard]] std::size_t header_size(std::string_view cluster);
[[nodiscard]] std::size_t record_size(std::size_t bytes);
// How much of `frames` goes into `room` bytes without cutting a frame; and the first frame's size.
[[nodiscard]] std::size_t fitting(std::string_view frames, std::uint64_t room);
[[nodiscard]] std::size_t first_size(std::string_view frames);

using wire::all_zero;

// "segment-00000001", and back.
[[nodiscard]] std::string segment_name(std::uint64_t number);
[[nodiscard]] std::optional<std::uint64_t> segment_number(std::string_view name);

}  // namespace lockstep::net::storage
