// Manifest: what a file consists of. Its hash is the file's id, so whoever knows the id knows a
// false manifest for what it is before it asks for a single chunk; each chunk then has its own
// hash, and the whole file one more, for whoever compares files that others have hashed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/hash.hpp"
#include "core/flood/types.hpp"

namespace lockstep::flood {

struct Manifest {
  std::uint64_t size = 0;    // bytes
  Hash whole;                // SHA-256 of all bytes
  std::vector<Hash> chunks;  // SHA-256 of each chunk of 64 KiB
  static constexpr std::string_view name = "manifest";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("size", self.size);
    visit("whole", self.whole);
    visit("chunks", self.chunks);
  }
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// REQUIRES for all: size <= largest_file.
[[nodiscard]] constexpr std::uint32_t chunks_of(std::uint64_t size) {
  return static_cast<std::uint32_t>((size + chunk_size - 1) / chunk_size);
}
// Bytes of one chunk of a file. REQUIRES: number < chunks_of(size).
[[nodiscard]] constexpr std::uint32_t size_of_chunk(std::uint64_t size, std::uint32_t number) {
  const std::uint64_t rest = size - std::uint64_t{number} * chunk_size;
  return rest < chunk_size ? static_cast<std::uint32_t>(rest) : chunk_size;
}

// Not larger than the largest file, and with as many chunks as its size wants.
[[nodiscard]] bool sound(const Manifest& manifest);
[[nodiscard]] FileId id_of(const Manifest& manifest);
[[nodiscard]] Manifest manifest_of(std::string_view content);

}  // namespace lockstep::flood
