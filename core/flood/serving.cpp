// Transfers: what others ask of the files here.
#include <algorithm>

#include "core/flood/transfers.hpp"

namespace lockstep::flood {

void Transfers::hear(Instant, NodeId from, const ManifestWanted& wanted, Out& out) {
  const Manifest* manifest = offered_.find(wanted.file);
  const Fetching* partial = manifest == nullptr ? find(wanted.file) : nullptr;
  if (partial != nullptr) manifest = &partial->manifest;
  if (manifest == nullptr) {
    out.push_back(Send<Message>{.to = from, .message = NotHere{wanted.file, 0}});
    return;
  }
  ManifestPart part{.file = wanted.file,
                    .size = manifest->size,
                    .whole = manifest->whole,
                    .first = wanted.first,
                    .chunks = {},
                    .have = {}};
  if (partial != nullptr) part.have = partial->durable.bytes();
  const std::size_t first = std::min<std::size_t>(wanted.first, manifest->chunks.size());
  const std::size_t last = std::min(first + most_hashes, manifest->chunks.size());
  part.chunks.assign(manifest->chunks.begin() + static_cast<std::ptrdiff_t>(first),
                     manifest->chunks.begin() + static_cast<std::ptrdiff_t>(last));
  out.push_back(Send<Message>{.to = from, .message = std::move(part)});
}

// Of a file that is offered, or what is durable of one that is on its way.
void Transfers::hear(Instant, NodeId from, const ChunkWanted& wanted, Out& out) {
  const Manifest* manifest = offered_.find(wanted.file);
  const Fetching* partial = find(wanted.file);
  const bool here = manifest != nullptr ? wanted.number < manifest->chunks.size()
                                        : partial != nullptr && wanted.number < partial->chunks() &&
                                              partial->durable.test(wanted.number);
  if (here) {
    out.push_back(Send<Message>{.to = from, .message = Chunk{wanted.file, wanted.number, {}}});
  } else {
    out.push_back(Send<Message>{.to = from, .message = NotHere{wanted.file, wanted.number}});
  }
}

}  // namespace lockstep::flood
