#include "net/storage/segment.hpp"

#include <charconv>

#include "core/base/check.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/little_endian.hpp"

namespace lockstep::net::storage {
namespace {

constexpr std::string_view magic = "lockstep wal";
constexpr std::size_t header_fields = 12 + 4 + 4 + 8 + 8 + 8 + 4 + 4;
constexpr std::string_view name_start = "segment-";

template <class T>
void take(std::string_view& bytes, T& value) {
  value = wire::little_endian<T>(bytes, 0);
  bytes.remove_prefix(sizeof(T));
}

}  // namespace

void append_header(const Header& header, std::string& out) {
  std::string payload(magic);
  wire::append_little_endian(header.version, payload);
  wire::append_little_endian(header.salt, payload);
  wire::append_little_endian(header.segment, payload);
  wire::append_little_endian(header.size, payload);
  wire::append_little_endian(header.first, payload);
  wire::append_little_endian(header.chain, payload);
  wire::append_little_endian(header.node, payload);
  payload += header.cluster;
  wire::append_frame(payload, out);
}

std::variant<ReadHeader, Bad> read_header(std::string_view bytes) {
  const auto read = wire::read_frame(bytes);
  if (const auto* corrupt = std::get_if<wire::Corrupt>(&read))
    return Bad{std::string(corrupt->reason), false};
  const auto* frame = std::get_if<wire::Frame>(&read);
  if (frame == nullptr) return Bad{"a frame that would reach beyond the file", false};
  std::string_view rest = frame->payload;
  if (rest.size() < header_fields || !rest.starts_with(magic)) {
    return Bad{"it is not the header of a segment", true};
  }
  rest.remove_prefix(magic.size());
  Header header;
  take(rest, header.version);
  take(rest, header.salt);
  take(rest, header.segment);
  take(rest, header.size);
  take(rest, header.first);
  take(rest, header.chain);
  take(rest, header.node);
  header.cluster = rest;
  return ReadHeader{std::move(header), frame->size};
}

std::size_t header_size(std::string_view cluster) {
  return wire::frame_overhead + header_fields + cluster.size();
}
std::size_t record_size(std::size_t bytes) {
  return wire::frame_overhead + wire::log_record_head + bytes;
}

std::size_t first_size(std::string_view frames) {
  // The length counts from behind itself and the checksum.
  return wire::little_endian<std::uint32_t>(frames, 0) + 2 * sizeof(std::uint32_t);
}

std::size_t fitting(std::string_view frames, std::uint64_t room) {
  if (frames.size() <= room) return frames.size();
  std::size_t size = 0;
  while (size < frames.size() && size + first_size(frames.substr(size)) <= room) {
    size += first_size(frames.substr(size));
  }
  return size;
}

std::string segment_name(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  check(digits.size() <= 8, "the number of a segment has 8 digits");
  return std::string(name_start) + std::string(8 - digits.size(), '0') + digits;
}

std::optional<std::uint64_t> segment_number(std::string_view name) {
  if (!name.starts_with(name_start) || name.size() != name_start.size() + 8) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(name.data() + name_start.size(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

}  // namespace lockstep::net::storage
