#include "net/storage/segment.hpp"

#include <charconv>
#include <cstring>

#include "core/base/check.hpp"
#include "core/wire/frame.hpp"

namespace lockstep::net::storage {
namespace {

constexpr std::string_view magic = "lockstep wal";
constexpr std::size_t header_fields = 12 + 4 + 4 + 8 + 8 + 8 + 4 + 4;
constexpr std::size_t crc_at = 4;
constexpr std::string_view name_start = "segment-";

template <class T>
void put(T value, std::string& out) {
  for (unsigned i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i));
}

// REQUIRES: at + sizeof(T) <= bytes.size().
template <class T>
T load(std::string_view bytes, std::size_t at) {
  T value = 0;
  for (unsigned i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[at + i])) << (8 * i));
  }
  return value;
}
template <class T>
void take(std::string_view& bytes, T& value) {
  value = load<T>(bytes, 0);
  bytes.remove_prefix(sizeof(T));
}

std::variant<wire::Frame, Bad> read_whole(std::string_view bytes) {
  const auto read = wire::read_frame(bytes);
  if (const auto* frame = std::get_if<wire::Frame>(&read)) return *frame;
  if (const auto* corrupt = std::get_if<wire::Corrupt>(&read)) {
    return Bad{std::string(corrupt->reason), false};
  }
  return Bad{"a frame that would reach beyond the file", false};
}

}  // namespace

void append_header(const Header& header, std::string& out) {
  std::string payload(magic);
  put(header.version, payload);
  put(header.salt, payload);
  put(header.segment, payload);
  put(header.size, payload);
  put(header.first, payload);
  put(header.chain, payload);
  put(header.node, payload);
  payload += header.cluster;
  wire::append_frame(payload, out);
}

std::uint32_t append_record(const Record& record, std::string& scratch, std::string& out) {
  scratch.clear();
  put(record.salt, scratch);
  put(record.number, scratch);
  put(record.place, scratch);
  put(record.chain, scratch);
  scratch += record.bytes;
  const std::size_t start = out.size();
  wire::append_frame(scratch, out);
  return load<std::uint32_t>(out, start + crc_at);
}

std::variant<Read<Header>, Bad> read_header(std::string_view bytes) {
  const auto read = read_whole(bytes);
  if (const auto* bad = std::get_if<Bad>(&read)) return *bad;
  const auto& frame = std::get<wire::Frame>(read);
  std::string_view rest = frame.payload;
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
  return Read<Header>{std::move(header), frame.size, load<std::uint32_t>(bytes, crc_at)};
}

std::variant<Read<Record>, Bad> read_record(std::string_view bytes) {
  const auto read = read_whole(bytes);
  if (const auto* bad = std::get_if<Bad>(&read)) return *bad;
  const auto& frame = std::get<wire::Frame>(read);
  std::string_view rest = frame.payload;
  if (rest.size() < record_head) return Bad{"it is not a record", true};
  Record record;
  take(rest, record.salt);
  take(rest, record.number);
  take(rest, record.place);
  take(rest, record.chain);
  if (record.place >= record.number) return Bad{"it is not a record", true};
  record.bytes = rest;
  return Read<Record>{record, frame.size, load<std::uint32_t>(bytes, crc_at)};
}

std::size_t header_size(std::string_view cluster) {
  return wire::frame_overhead + header_fields + cluster.size();
}
std::size_t record_size(std::size_t bytes) { return wire::frame_overhead + record_head + bytes; }

std::size_t first_size(std::string_view frames) {
  // The length counts from behind itself and the checksum.
  return load<std::uint32_t>(frames, 0) + 2 * sizeof(std::uint32_t);
}

std::size_t fitting(std::string_view frames, std::uint64_t room) {
  if (frames.size() <= room) return frames.size();
  std::size_t size = 0;
  while (size < frames.size() && size + first_size(frames.substr(size)) <= room) {
    size += first_size(frames.substr(size));
  }
  return size;
}

bool all_zero(std::string_view bytes) {
  return bytes.empty() ||
         (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
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
