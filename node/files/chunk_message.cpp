#include "node/files/chunk_message.hpp"

#include <cstring>
#include <limits>

#include "core/flood/messages.hpp"
#include "core/wire/codec.hpp"
#include "core/wire/source.hpp"

namespace lockstep::node {
namespace {

constexpr std::size_t alternative = 12;
static_assert(
    std::is_same_v<std::variant_alternative_t<alternative, flood::Message>, flood::Chunk>);

}  // namespace

bool is_chunk(std::string_view message) {
  return !message.empty() && static_cast<unsigned char>(message.front()) == alternative;
}

std::optional<ChunkMessage> read_chunk(std::string_view message) {
  wire::Source source(message);
  ChunkMessage chunk;
  auto& hash = chunk.file.hash.bytes;
  if (source.varint() != alternative || source.left() < hash.size()) return std::nullopt;
  std::memcpy(hash.data(), source.take(hash.size()).data(), hash.size());
  chunk.number =
      static_cast<std::uint32_t>(source.varint(std::numeric_limits<std::uint32_t>::max()));
  chunk.content = source.take(source.count());
  if (!source.complete()) return std::nullopt;
  return chunk;
}

char* write_chunk(const flood::FileId& file, std::uint32_t number, std::size_t size,
                  std::string& out) {
  wire::encode(flood::Message(flood::Chunk{file, number, {}}), out);
  out.pop_back();  // of no bytes
  wire::encode(static_cast<std::uint64_t>(size), out);
  const std::size_t begin = out.size();
  out.resize(begin + size);
  return out.data() + begin;
}

}  // namespace lockstep::node
