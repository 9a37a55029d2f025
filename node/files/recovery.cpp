#include "node/files/recovery.hpp"

#include <utility>

#include "core/base/overloaded.hpp"
#include "node/files/hashing.hpp"
#include "node/guest/records.hpp"

namespace lockstep::node {
namespace {

using flood::Record;

struct OnItsWay {
  std::string title;
  const flood::Manifest* manifest = nullptr;
  OpenFile file;
};

// Those that were begun and neither finished nor given up.
std::map<flood::FileId, OnItsWay> begun_in(const std::vector<Record>& records, const Shelf& shelf) {
  std::map<std::string, const flood::Manifest*> open;
  for (const Record& record : records) {
    std::visit(Overloaded{[&](const flood::Begun& e) { open[e.title] = &e.manifest; },
                          [](const flood::Kept&) {}, [&](const auto& e) { open.erase(e.title); }},
               record);
  }
  std::map<flood::FileId, OnItsWay> begun;
  for (const auto& [title, manifest] : open) {
    OpenFile file = shelf.take_up(title, manifest->size);
    if (!file) file = shelf.make(title, manifest->size);
    begun[flood::id_of(*manifest)] = {title, manifest, std::move(file)};
  }
  return begun;
}

bool is_there(const OnItsWay& fetch, std::uint32_t number, std::string& chunk) {
  if (!fetch.file) return false;
  chunk.resize(flood::size_of_chunk(fetch.manifest->size, number));
  return read_at(*fetch.file, std::uint64_t{number} * flood::chunk_size, chunk.data(),
                 chunk.size()) &&
         fast_sha256(chunk) == fetch.manifest->chunks[number];
}

}  // namespace

RecoveredFiles recover_files(net::LogStore& store, const Shelf& shelf) {
  auto records = decode_records<Record>(store.take_recovered());
  if (const std::string flaw = flood::flaw_in(records); !flaw.empty())
    throw net::LogDamaged("the log of files is not one: " + flaw);
  const auto begun = begun_in(records, shelf);
  RecoveredFiles recovered;
  std::vector<bool> keeps(records.size(), true);
  std::string chunk;
  for (std::size_t place = 0; place < records.size(); ++place) {
    const auto* kept = std::get_if<flood::Kept>(&records[place]);
    const auto found = kept == nullptr ? begun.end() : begun.find(kept->file);
    if (found == begun.end()) continue;
    keeps[place] = is_there(found->second, kept->number, chunk);
    ++(keeps[place] ? recovered.kept : recovered.lost);
  }
  for (const auto& [file, fetch] : begun) {
    if (fetch.file) recovered.on_their_way[fetch.title] = fetch.file;
  }
  for (std::size_t place = 0; place < records.size(); ++place) {
    if (keeps[place]) recovered.records.push_back(std::move(records[place]));
  }
  return recovered;
}

}  // namespace lockstep::node
