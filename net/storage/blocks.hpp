// Blocks: memory that the kernel writes to a disk as it is, without a copy in the page cache.
//
// A direct write (O_DIRECT) takes whole blocks only: their address, their place in the file and
// their size are multiples of block_bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lockstep::net::storage {

inline constexpr std::size_t block_bytes = 4096;

struct alignas(block_bytes) Block {
  char bytes[block_bytes];
};
using Blocks = std::vector<Block>;  // zeros, unless something else was put there

[[nodiscard]] constexpr std::uint64_t block_begin(std::uint64_t offset) {
  return offset - offset % block_bytes;
}
[[nodiscard]] constexpr std::size_t blocks_for(std::uint64_t bytes) {
  return (bytes + block_bytes - 1) / block_bytes;
}
[[nodiscard]] inline char* bytes_of(Blocks& blocks) { return blocks.data()->bytes; }
[[nodiscard]] inline std::string_view first_bytes(const Blocks& blocks, std::size_t size) {
  return {blocks.data()->bytes, size};
}

[[nodiscard]] inline bool is_whole_blocks(std::uint64_t offset, std::string_view bytes) {
  return offset % block_bytes == 0 && bytes.size() % block_bytes == 0 &&
         reinterpret_cast<std::uintptr_t>(bytes.data()) % block_bytes == 0;
}

}  // namespace lockstep::net::storage
