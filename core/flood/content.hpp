// Content: the bytes of a chunk as a machine sees them. It looks at their size and their hash, and
// hands them on.
//
// What a file consists of lies outside the machine, and stays there. A message that carries a chunk
// leaves the machine without bytes; whoever drives it puts in what its disk has of that chunk: the
// simulator from the records it keeps, the node with sendfile() from the shared folder. A chunk
// that arrives has bytes, or, where the driver has written them down as they came, their hash and
// size alone: `known`. The hash is the driver's own arithmetic and never comes over the wire. In
// return the driver of a node may store the bytes of a Kept record beside the log, in the shared
// folder at the chunk's offset, and bring the record back without them; they are durable before it
// says so.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "core/base/bytes.hpp"
#include "core/base/sha256.hpp"

namespace lockstep::flood {

struct Content {
  struct Known {
    Hash hash;
    std::uint32_t size = 0;
  };
  Bytes bytes;
  std::optional<Known> known;  // of bytes that are elsewhere

  [[nodiscard]] std::size_t size() const { return known ? known->size : bytes.size(); }
  [[nodiscard]] Hash hash() const { return known ? known->hash : sha256(bytes.view()); }

  static constexpr std::string_view name = "content";
  static constexpr void fields(auto& self, auto&& visit) { visit("bytes", self.bytes); }
  friend bool operator==(const Content& a, const Content& b) { return a.bytes == b.bytes; }
};

}  // namespace lockstep::flood
