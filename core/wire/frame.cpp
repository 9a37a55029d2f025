#include "core/wire/frame.hpp"

#include <array>
#include <cstdint>

#include "core/base/check.hpp"
#include "core/wire/codec.hpp"
#include "core/wire/crc32c.hpp"

namespace lockstep::wire {
namespace {

constexpr std::size_t length_at = 0;
constexpr std::size_t crc_at = 4;
constexpr std::size_t version_at = 8;

void store(std::uint32_t value, char* to) {
  for (unsigned i = 0; i < 4; ++i) to[i] = static_cast<char>(value >> (8 * i));
}

std::uint32_t load(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    value |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return value;
}

}  // namespace

void append_frame(std::string_view payload, std::string& out) {
  check(payload.size() <= largest_payload, "a payload fits into a frame");
  std::array<char, frame_overhead> header{};
  store(static_cast<std::uint32_t>(payload.size() + 1), header.data() + length_at);
  header[version_at] = static_cast<char>(format_version);
  std::uint32_t crc = crc32c({header.data() + length_at, 4});
  crc = crc32c({header.data() + version_at, 1}, crc);
  store(crc32c(payload, crc), header.data() + crc_at);
  out.append(header.data(), header.size());
  out.append(payload);
}

std::variant<Frame, Incomplete, Corrupt> read_frame(std::string_view bytes) {
  if (bytes.size() < frame_overhead) return Incomplete{frame_overhead};
  const std::size_t length = load(bytes, length_at);
  if (length == 0) return Corrupt{"a length of 0"};
  if (length > largest_payload + 1) return Corrupt{"a length above the largest"};
  const std::size_t size = version_at + length;
  if (bytes.size() < size) return Incomplete{size};
  const std::string_view body = bytes.substr(version_at, length);
  if (crc32c(body, crc32c(bytes.substr(length_at, 4))) != load(bytes, crc_at)) {
    return Corrupt{"the checksum does not match"};
  }
  if (static_cast<unsigned char>(body.front()) != format_version) {
    return Corrupt{"a version this program does not know"};
  }
  return Frame{body.substr(1), size};
}

}  // namespace lockstep::wire
