// All that peers of the flooding search say to one another.
#pragma once

#include <variant>

#include "core/flood/directory_messages.hpp"
#include "core/flood/search_messages.hpp"
#include "core/flood/transfer_messages.hpp"

namespace lockstep::flood {

// On the wire an alternative is its place here: add at the end only.
using Message = std::variant<Login, Welcome, Full, Leave, Ping, Pong, Stranger, Query, Hit,
                             ManifestWanted, ManifestPart, ChunkWanted, Chunk, NotHere>;

// Whether a message that comes late or twice is as good as one that never comes: it may travel as a
// datagram.
[[nodiscard]] inline bool is_worthless_later(const Message& message) {
  return std::holds_alternative<Ping>(message) || std::holds_alternative<Pong>(message);
}

}  // namespace lockstep::flood
