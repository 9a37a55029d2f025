// Fetching: one file on its way here. What of it is durable, what is asked of whom, and which chunk
// to ask for next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/flat_map.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "core/flood/bits.hpp"
#include "core/flood/manifest.hpp"

namespace lockstep::flood {

// Somebody who says that it has the file, or a part of it.
struct Supplier {
  std::optional<Bits> has;                // none: not known yet
  FlatMap<std::uint32_t, Instant> asked;  // chunks, and when each is given up
  std::optional<Instant> map_until;       // it was asked what it has
  Instant map_again;                      // not asked that before
  std::uint32_t missed = 0;               // time-outs since it last sent something
  friend bool operator==(const Supplier&, const Supplier&) = default;
};

struct Fetching {
  std::string title;
  std::optional<RequestId> request;  // none: begun by an earlier incarnation
  std::optional<FileId> file;        // none: nobody is known to have one of that name
  Manifest manifest;                 // as far as it is here
  bool verified = false;             // it is whole and has the file's id; what follows has its size
  Bits durable;
  Bits taken;                      // asked of somebody, being written, or durable
  std::uint32_t kept = 0;          // durable ones
  std::uint32_t writing = 0;       // chunks that wait for the disk …
  std::uint32_t max_writing = 64;  // … of which there are no more than this
  bool finishing = false;          // all is durable; that it is offered is being written
  FlatMap<NodeId, Supplier> suppliers;
  std::optional<Instant> search_at;  // when to look for suppliers; none: not now
  bool searching = false;
  std::vector<NodeId> shunned;  // said that they have it, and showed nothing of it
  std::uint32_t in_vain = 0;    // searches that found nobody, one after the other

  [[nodiscard]] std::uint32_t chunks() const { return chunks_of(manifest.size); }
  // The manifest is whole.
  void verify();
  // Of the chunks that a supplier has and nobody was asked for, one that few others have: the
  // rarest of the first `choices`, the first of these. Nothing when there is none. (Cohen, 2003,
  // section 2.4)
  [[nodiscard]] std::optional<std::uint32_t> next_chunk(const Supplier& supplier) const;
  // When something is next to be done about it, searches apart.
  [[nodiscard]] std::optional<Instant> due() const;
  // Whether a supplier may be asked what it has.
  [[nodiscard]] bool may_ask_map(const Supplier& supplier) const;
  // Gives up what it was asked for.
  void release(Supplier& supplier);

  static constexpr std::uint32_t choices = 256;
  friend bool operator==(const Fetching&, const Fetching&) = default;
};

}  // namespace lockstep::flood
