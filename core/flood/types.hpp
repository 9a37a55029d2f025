// The numbers and names of the flooding search: queries, files, and how far and how a query goes.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/hash.hpp"
#include "core/base/strong.hpp"

namespace lockstep::flood {

// Drawn at random by the asker, so that no two queries meet under one id.
using QueryId = Strong<struct QueryIdTag>;

// A file by its content: the hash of its manifest (core/flood/manifest.hpp).
struct FileId {
  Hash hash;
  static constexpr std::string_view name = "file";
  static constexpr void fields(auto& self, auto&& visit) { visit("hash", self.hash); }
  friend constexpr auto operator<=>(const FileId&, const FileId&) = default;
};

// What the text of a query is.
enum class By : std::uint8_t { name, words };
constexpr std::string_view name_of(By by) { return by == By::name ? "name" : "words"; }
constexpr std::size_t enumerator_count(By) { return 2; }

// flood: to every neighbour but the sender. walk: to one neighbour, drawn.
enum class Spread : std::uint8_t { flood, walk };
constexpr std::string_view name_of(Spread spread) {
  return spread == Spread::flood ? "flood" : "walk";
}
constexpr std::size_t enumerator_count(Spread) { return 2; }

// How an asker searches. flood: once, as far as the TTL goes. ring: TTL 1, 2, … until something is
// found. walkers: some queries that each go one way.
enum class Strategy : std::uint8_t { flood, ring, walkers };
constexpr std::string_view name_of(Strategy strategy) {
  switch (strategy) {
    case Strategy::flood: return "flood";
    case Strategy::ring: return "ring";
    case Strategy::walkers: return "walkers";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Strategy) { return 3; }

// Bounds of what peers may say and disks may hold; what is beyond them is refused.
inline constexpr std::size_t longest_text = 128;     // bytes of a name or a query
inline constexpr std::size_t most_listings = 16;     // files in one hit
inline constexpr std::size_t most_peers_told = 64;   // peers in one list
inline constexpr std::uint32_t chunk_size = 65'536;  // bytes; the last chunk of a file is shorter
inline constexpr std::uint64_t largest_file = std::uint64_t{64} << 30;  // bytes: 2^20 chunks
inline constexpr std::size_t most_hashes = 1024;                        // of chunks, in one message

}  // namespace lockstep::flood
