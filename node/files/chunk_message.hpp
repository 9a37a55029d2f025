// A chunk as it travels, without a copy of its content in between: the content is read from the
// disk into the message, and written to the disk out of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/flood/types.hpp"

namespace lockstep::node {

struct ChunkMessage {
  flood::FileId file;
  std::uint32_t number = 0;
  std::string_view content;
};

// Whether it is to be read with read_chunk().
[[nodiscard]] bool is_chunk(std::string_view message);
// Nothing: it is none of this version. As wire::decode<flood::Message>.
[[nodiscard]] std::optional<ChunkMessage> read_chunk(std::string_view message);
// As wire::encode of a flood::Message, but for the content: `size` bytes that the caller fills in.
// Returns where they begin.
[[nodiscard]] char* write_chunk(const flood::FileId& file, std::uint32_t number, std::size_t size,
                                std::string& out);

}  // namespace lockstep::node
