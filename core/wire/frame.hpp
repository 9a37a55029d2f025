// Frames: what stands around an encoding in a stream or a write-ahead log, so that a torn or
// damaged one is known for what it is.
//
//   offset 0   u32 little endian   length: bytes from offset 8 on, 1 + size of the payload
//   offset 4   u32 little endian   CRC-32C of bytes 0..3 and of bytes 8..7+length
//   offset 8   u8                  version of the format (wire::format_version)
//   offset 9   payload
//
// A run of zero bytes is never a frame: a length is at least 1. A length above the largest is
// refused as soon as it is read, so a damaged one does not keep a reader waiting for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace lockstep::wire {

inline constexpr std::size_t frame_overhead = 9;
inline constexpr std::size_t frame_crc_at = 4;
inline constexpr std::size_t largest_payload = std::size_t{128} * 1024 * 1024;

// payload.size() <= largest_payload.
void append_frame(std::string_view payload, std::string& out);

struct Frame {
  std::string_view payload;  // a part of the input
  std::size_t size = 0;      // of the whole frame; the next one starts behind it
  friend bool operator==(const Frame&, const Frame&) = default;
};
// The input is the beginning of a frame, possibly.
struct Incomplete {
  std::size_t needed = 0;  // the smallest input that could tell more
  friend bool operator==(const Incomplete&, const Incomplete&) = default;
};
struct Corrupt {
  std::string_view reason;  // a literal
  friend bool operator==(const Corrupt&, const Corrupt&) = default;
};

// The frame that `bytes` starts with.
[[nodiscard]] std::variant<Frame, Incomplete, Corrupt> read_frame(std::string_view bytes);

}  // namespace lockstep::wire
