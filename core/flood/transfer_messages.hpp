// How a file travels, chunk by chunk, from several peers to one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/flood/content.hpp"
#include "core/flood/manifest.hpp"
#include "core/flood/types.hpp"

namespace lockstep::flood {

// What does the file consist of, and what of it do you have? Chunk hashes from `first` on.
struct ManifestWanted {
  FileId file;
  std::uint32_t first = 0;
  static constexpr std::string_view name = "manifest_wanted";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("file", self.file);
    visit("first", self.first);
  }
  friend bool operator==(const ManifestWanted&, const ManifestWanted&) = default;
};
struct ManifestPart {
  FileId file;
  std::uint64_t size = 0;
  Hash whole;
  std::uint32_t first = 0;
  std::vector<Hash> chunks;        // at most most_hashes
  std::vector<std::uint8_t> have;  // a bit a chunk, the lowest first; empty: all of them
  static constexpr std::string_view name = "manifest_part";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("file", self.file);
    visit("size", self.size);
    visit("whole", self.whole);
    visit("first", self.first);
    visit("chunks", self.chunks);
    visit("have", self.have);
  }
  friend bool operator==(const ManifestPart&, const ManifestPart&) = default;
};
struct ChunkWanted {
  FileId file;
  std::uint32_t number = 0;
  static constexpr std::string_view name = "chunk_wanted";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("file", self.file);
    visit("number", self.number);
  }
  friend bool operator==(const ChunkWanted&, const ChunkWanted&) = default;
};
struct Chunk {
  FileId file;
  std::uint32_t number = 0;
  Content content;  // the driver of the sender puts it in
  static constexpr std::string_view name = "chunk";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("file", self.file);
    visit("number", self.number);
    visit("content", self.content);
  }
  friend bool operator==(const Chunk&, const Chunk&) = default;
};
// The sender does not have the file, or not this chunk of it.
struct NotHere {
  FileId file;
  std::uint32_t number = 0;
  static constexpr std::string_view name = "not_here";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("file", self.file);
    visit("number", self.number);
  }
  friend bool operator==(const NotHere&, const NotHere&) = default;
};

}  // namespace lockstep::flood
