// The format of a segment: a header frame, record frames, zeros (docs/storage.md has the offsets).
//
// A record frame names the log it belongs to, its number, the batch it was written with, and the
// checksum of the record before it, so that a scan knows what is ours, what is in order, and what
// had been synced before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace lockstep::net::storage {

inline constexpr std::uint32_t segment_version = 1;
// The unit that a disk writes or does not write; larger ones are multiples of it.
inline constexpr std::size_t sector_bytes = 512;

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

struct Record {
  std::uint32_t salt = 0;
  std::uint64_t number = 0;  // counts from 1 over the life of the log
  std::uint32_t place = 0;   // how many records of its batch precede it
  std::uint32_t chain = 0;   // checksum of the record before it
  std::string_view bytes;
  // Every record before this one was synced when this one was written.
  [[nodiscard]] std::uint64_t batch() const { return number - place; }
};

inline constexpr std::size_t record_head = 20;

void append_header(const Header& header, std::string& out);
// `scratch` is memory to reuse. Gives the frame's checksum, the chain of the next record.
std::uint32_t append_record(const Record& record, std::string& scratch, std::string& out);

// A frame that could not be read as what was expected.
struct Bad {
  std::string reason;
  bool whole = false;  // the checksum is right, so this is not the work of a crash
};
template <class T>
struct Read {
  T value;
  std::size_t size = 0;   // of the frame
  std::uint32_t crc = 0;  // of the frame
};
[[nodiscard]] std::variant<Read<Header>, Bad> read_header(std::string_view bytes);
[[nodiscard]] std::variant<Read<Record>, Bad> read_record(std::string_view bytes);

[[nodiscard]] std::size_t header_size(std::string_view cluster);
[[nodiscard]] std::size_t record_size(std::size_t bytes);
// How much of `frames` goes into `room` bytes without cutting a frame; and the first frame's size.
[[nodiscard]] std::size_t fitting(std::string_view frames, std::uint64_t room);
[[nodiscard]] std::size_t first_size(std::string_view frames);

[[nodiscard]] bool all_zero(std::string_view bytes);

// "segment-00000001", and back.
[[nodiscard]] std::string segment_name(std::uint64_t number);
[[nodiscard]] std::optional<std::uint64_t> segment_number(std::string_view name);

}  // namespace lockstep::net::storage
