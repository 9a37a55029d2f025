// Transfers: files that are on their way here, and their suppliers.
#include <algorithm>

#include "core/flood/transfers.hpp"

namespace lockstep::flood {
namespace {

constexpr std::size_t most_banned = 256;

}  // namespace

std::optional<std::string> Transfers::wants_search(Instant now) {
  for (Fetching& fetching : fetching_) {
    if (!fetching.search_at || *fetching.search_at > now || fetching.searching) continue;
    fetching.search_at.reset();
    if (fetching.finishing) continue;
    fetching.searching = true;
    return fetching.title;
  }
  return std::nullopt;
}

void Transfers::search_later(Instant now, const std::string& title) {
  const std::size_t place = place_of(title);
  if (place >= fetching_.size()) return;
  fetching_[place].searching = false;
  fetching_[place].search_at = now + config_.retry;
}

void Transfers::found(Instant now, const Searches::Sought& sought, Out& out) {
  const std::size_t place = place_of(sought.title);
  if (place >= fetching_.size()) return;
  Fetching& fetching = fetching_[place];
  fetching.searching = !sought.over;
  take_suppliers(now, fetching, sought);
  if (!sought.over && fetching.suppliers.empty()) return;
  if (fetching.file && !fetching.verified && find(*fetching.file) != nullptr)
    return fail(place, "the same file is on its way under another name", out);
  if (fetching.suppliers.empty()) fetching.shunned.clear();  // they may have it by then
  if (!fetching.suppliers.empty()) {
    fetching.in_vain = 0;
  } else if (++fetching.in_vain >= config_.max_searches) {
    return fail(place, "nobody has it", out);
  } else {
    fetching.search_at = now + config_.retry;
  }
  const auto here = fetching.file ? offered_.find(*fetching.file) : nullptr;
  if (here != nullptr && !fetching.verified) {  // under another name
    fetching.manifest = *here;
    fetching.verify();
    fetching.kept = fetching.chunks();
    return finish(fetching, out);
  }
  work(now, fetching, out);
}

// Of the files of that name the one that most have, where none is chosen yet; the lowest id of
// these.
void Transfers::take_suppliers(Instant now, Fetching& fetching, const Searches::Sought& sought) {
  FlatMap<FileId, std::uint32_t> owners;
  const auto serves = [&](const Source& source) {
    const auto& shunned = fetching.shunned;
    return source.file.title == fetching.title && source.owner != self_ && !banned(source.owner) &&
           std::find(shunned.begin(), shunned.end(), source.owner) == shunned.end();
  };
  for (const Source& source : sought.sources) {
    if (serves(source)) ++owners[source.file.file];
  }
  if (!fetching.verified) {
    std::optional<FileId> chosen;
    for (const auto& [file, count] : owners) {
      if (!chosen || count > owners[*chosen]) chosen = file;
    }
    if (chosen != fetching.file) {
      fetching.file = chosen;
      fetching.manifest = {};
      fetching.suppliers.clear();
    }
  }
  for (const Source& source : sought.sources) {
    if (fetching.suppliers.size() >= config_.max_sources) return;
    if (!serves(source) || source.file.file != fetching.file) continue;
    fetching.suppliers.insert(
        source.owner,
        Supplier{.has = {}, .asked = {}, .map_until = {}, .map_again = now, .missed = 0});
  }
}

void Transfers::work(Instant now, Fetching& fetching, Out& out) {
  if (fetching.finishing || !fetching.file) return;
  if (!fetching.verified) return ask_for_manifest(now, fetching, out);
  for (auto& [node, supplier] : fetching.suppliers)
    ask_for_chunks(now, fetching, node, supplier, out);
}

void Transfers::ask_for_manifest(Instant now, Fetching& fetching, Out& out) {
  for (auto& [node, supplier] : fetching.suppliers) {
    if (supplier.map_again > now || !fetching.may_ask_map(supplier)) continue;
    fetching.manifest = {};
    supplier.map_until = now + config_.chunk_timeout;
    out.push_back(Send<Message>{.to = node, .message = ManifestWanted{*fetching.file, 0}});
    return;
  }
}

// As many as the window takes; of who has nothing that is wanted, what it has got since.
void Transfers::ask_for_chunks(Instant now, Fetching& fetching, NodeId node, Supplier& supplier,
                               Out& out) {
  while (supplier.asked.size() < config_.window && fetching.writing < fetching.max_writing) {
    const auto number = fetching.next_chunk(supplier);
    if (!number) break;
    fetching.taken.set(*number);
    supplier.asked.insert(*number, now + config_.chunk_timeout);
    out.push_back(Send<Message>{.to = node, .message = ChunkWanted{*fetching.file, *number}});
  }
  if (supplier.map_again > now || !fetching.may_ask_map(supplier)) return;
  supplier.map_until = now + config_.chunk_timeout;
  supplier.map_again = now + config_.retry;
  out.push_back(
      Send<Message>{.to = node, .message = ManifestWanted{*fetching.file, fetching.chunks()}});
}

void Transfers::hear(Instant now, NodeId from, const ManifestPart& part, Out& out) {
  for (Fetching& fetching : fetching_) {
    if (fetching.file != part.file) continue;
    Supplier* supplier = fetching.suppliers.find(from);
    if (supplier == nullptr || !supplier->map_until) return;  // nobody asked
    supplier->missed = 0;
    if (!fetching.verified) {
      if (!take_manifest(fetching, part, out))
        return drop(now, fetching, from, Flaw::false_manifest, out);
      if (!fetching.verified) {  // there is more
        supplier->map_until = now + config_.chunk_timeout;
        const auto first = static_cast<std::uint32_t>(fetching.manifest.chunks.size());
        out.push_back(Send<Message>{.to = from, .message = ManifestWanted{part.file, first}});
        return;
      }
    }
    supplier->map_until.reset();
    supplier->has = part.have.empty() ? Bits(fetching.chunks(), true)
                                      : Bits::from_bytes(fetching.chunks(), part.have);
    return work(now, fetching, out);
  }
}

// False when no manifest with the file's id can have this part.
bool Transfers::take_manifest(Fetching& fetching, const ManifestPart& part, Out& out) {
  Manifest& manifest = fetching.manifest;
  if (part.first != manifest.chunks.size() || part.size > largest_file ||
      part.chunks.size() > most_hashes)
    return false;
  if (part.first > 0 && (part.size != manifest.size || part.whole != manifest.whole)) return false;
  manifest.size = part.size;
  manifest.whole = part.whole;
  manifest.chunks.insert(manifest.chunks.end(), part.chunks.begin(), part.chunks.end());
  if (manifest.chunks.size() < fetching.chunks()) return !part.chunks.empty();
  if (!sound(manifest) || id_of(manifest) != *fetching.file) return false;
  fetching.verify();
  write(Begun{fetching.title, manifest}, std::nullopt, out);
  out.push_back(Notify<Notice>{FetchBegan{.file = part.file, .chunks = fetching.chunks()}});
  return true;
}

void Transfers::hear(Instant now, NodeId from, const Chunk& chunk, Out& out) {
  Fetching* fetching = find(chunk.file);
  Supplier* supplier = fetching == nullptr ? nullptr : fetching->suppliers.find(from);
  if (supplier == nullptr || !supplier->asked.contains(chunk.number)) return;  // nobody asked
  const std::uint32_t size = size_of_chunk(fetching->manifest.size, chunk.number);
  if (chunk.content.size() != size ||
      chunk.content.hash() != fetching->manifest.chunks[chunk.number])
    return drop(now, *fetching, from, Flaw::false_chunk, out);
  supplier->asked.erase(chunk.number);
  supplier->missed = 0;
  ++fetching->writing;
  write(Kept{chunk.file, chunk.number, chunk.content}, std::nullopt, out);
  work(now, *fetching, out);
}

void Transfers::hear(Instant now, NodeId from, const NotHere& not_here, Out& out) {
  for (Fetching& fetching : fetching_) {
    Supplier* supplier = fetching.file == not_here.file ? fetching.suppliers.find(from) : nullptr;
    if (supplier == nullptr) continue;
    if (supplier->asked.erase(not_here.number)) {
      fetching.taken.reset(not_here.number);
      if (supplier->has) supplier->has->reset(not_here.number);
      supplier->map_again = now + config_.retry;
      return work(now, fetching, out);
    }
    if (supplier->map_until) return drop(now, fetching, from, Flaw::has_nothing, out);
  }
}

void Transfers::look_for_late(Instant now, Fetching& fetching, Out& out) {
  std::vector<NodeId> slow;
  for (auto& [node, supplier] : fetching.suppliers) {
    std::vector<std::uint32_t> late;
    for (const auto& [number, until] : supplier.asked) {
      if (until <= now) late.push_back(number);
    }
    for (const auto number : late) {
      supplier.asked.erase(number);
      fetching.taken.reset(number);
    }
    const bool map_late = supplier.map_until && *supplier.map_until <= now;
    if (map_late) {
      supplier.map_until.reset();
      supplier.map_again = now + config_.retry;
    }
    if (late.empty() && !map_late) continue;
    if (++supplier.missed >= config_.patience) slow.push_back(node);
  }
  for (const NodeId node : slow) drop(now, fetching, node, Flaw::slow, out);
}

void Transfers::drop(Instant now, Fetching& fetching, NodeId node, Flaw flaw, Out& out) {
  if (fetching.verified) fetching.release(*fetching.suppliers.find(node));
  fetching.suppliers.erase(node);
  if (flaw == Flaw::false_manifest || flaw == Flaw::false_chunk) {
    if (banned_.size() >= most_banned) banned_.erase(banned_.begin());
    banned_.push_back(node);
  } else if (!fetching.verified && fetching.shunned.size() < most_banned) {
    fetching.shunned.push_back(node);
  }
  out.push_back(Notify<Notice>{SourceDropped{.file = *fetching.file, .peer = node, .flaw = flaw}});
  if (!fetching.searching && !fetching.search_at) fetching.search_at = now + config_.retry;
  work(now, fetching, out);
}

void Transfers::fire(Instant now, TimerEpoch epoch, Out& out) {
  if (epoch != epoch_ || !alarm_) return;  // late
  alarm_.reset();
  for (Fetching& fetching : fetching_) {
    look_for_late(now, fetching, out);
    work(now, fetching, out);
  }
}

void Transfers::arm(Out& out) {
  std::optional<Instant> first;
  const auto at = [&](const std::optional<Instant>& due) {
    if (due && (!first || *due < *first)) first = due;
  };
  for (const Fetching& fetching : fetching_) {
    if (fetching.finishing) continue;
    if (!fetching.searching) at(fetching.search_at);
    at(fetching.due());
  }
  if (first == alarm_) return;
  alarm_ = first;
  if (first) {
    out.push_back(SetTimer<Timer>{.timer = Timer::transfer, .epoch = ++epoch_, .at = *first});
  } else {
    out.push_back(CancelTimer<Timer>{Timer::transfer});
  }
}

}  // namespace lockstep::flood
