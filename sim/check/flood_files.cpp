#include "sim/check/flood_files.hpp"

#include <algorithm>
#include <string_view>

#include "core/base/overloaded.hpp"
#include "core/text/to_text.hpp"

namespace lockstep::sim {

using namespace flood;

void FloodFiles::exists(const std::string& content) {
  sources_[id_of(manifest_of(content))] = content;
}

void FloodFiles::broke(Instant now, NodeId node, const char* rule, std::string text) {
  violations_.push_back({rule, std::move(text), node, now});
}

void FloodFiles::started(NodeId node, const std::vector<Record>& durable) {
  disks_.erase(node);
  if (durable.empty()) return;
  Disk& disk = disks_[node];
  for (const Record& record : durable) lands(disk, record);
  for (const auto& [title, file] : disk.begun) resumed_ = resumed_ || disk.kept[file].count() > 0;
  disk.written = disk.kept;
}

void FloodFiles::stepped(Instant now, NodeId node, const Index& index, const Event& event,
                         const Out& effects) {
  const auto* down = std::get_if<Persisted>(&event);
  bool compares = std::holds_alternative<Started<Record>>(event);
  if (down != nullptr) {
    Disk& disk = disks_[node];
    std::size_t landed = 0;
    for (; disk.down < down->upto && landed < disk.waiting.size(); ++disk.down)
      lands(disk, disk.waiting[landed++]);
    disk.waiting.erase(disk.waiting.begin(),
                       disk.waiting.begin() + static_cast<std::ptrdiff_t>(landed));
    compares = compares || landed > 0;
  }
  for (const auto& effect : effects) {
    if (const auto* persist = std::get_if<Persist<Record>>(&effect)) {
      compares = true;
      for (const Record& record : persist->records) persists(now, node, disks_[node], record);
    }
    const auto* notify = std::get_if<Notify<Notice>>(&effect);
    if (notify != nullptr && (std::holds_alternative<Progress>(notify->notice) ||
                              std::holds_alternative<FileFinished>(notify->notice)))
      look_at(now, node, disks_[node], notify->notice);
    const auto* send = std::get_if<Send<Message>>(&effect);
    const auto* chunk = send == nullptr ? nullptr : std::get_if<Chunk>(&send->message);
    if (chunk == nullptr || exempt_.contains(node)) continue;
    const auto& kept = disks_[node].kept;
    const auto file = kept.find(chunk->file);
    if (file == kept.end() || chunk->number >= file->second.size() ||
        !file->second.test(chunk->number))
      broke(now, node, "kept before durable", "sends " + to_text(*chunk));
  }
  const bool has_none = index.size() == 0 && !disks_.contains(node);
  if (compares && !has_none) compare(now, node, disks_[node], index);
}

void FloodFiles::persists(Instant now, NodeId node, Disk& disk, const Record& record) {
  if (const auto* kept = std::get_if<Kept>(&record)) {
    const auto source = sources_.find(kept->file);
    const std::size_t at = std::size_t{kept->number} * chunk_size;
    const bool same =
        source != sources_.end() && at < source->second.size() &&
        kept->content.bytes.view() == std::string_view(source->second).substr(at, chunk_size);
    if (!same) {
      broke(now, node, "file differs", to_text(*kept) + " is not what the source has there");
    } else {
      Bits& written = disk.written[kept->file];
      if (written.size() == 0) written = Bits(chunks_of(source->second.size()));
      if (written.test(kept->number)) broke(now, node, "kept twice", to_text(*kept));
      written.set(kept->number);
      bytes_ += kept->content.bytes.size();
    }
    disk.waiting.push_back(Kept{kept->file, kept->number, {}});
    return;
  }
  if (const auto* begun = std::get_if<Begun>(&record))
    disk.written[id_of(begun->manifest)] = Bits(chunks_of(begun->manifest.size));
  // It is offered no more from here on; that it is durable comes later.
  if (const auto* withdrawn = std::get_if<Withdrawn>(&record)) disk.offered.erase(withdrawn->title);
  disk.waiting.push_back(record);
}

void FloodFiles::lands(Disk& disk, const Record& record) {
  std::visit(Overloaded{[&](const Begun& begun) {
                          disk.begun[begun.title] = id_of(begun.manifest);
                          Bits& kept = disk.kept[id_of(begun.manifest)];
                          kept = Bits(chunks_of(begun.manifest.size));
                        },
                        [&](const Kept& kept) {
                          Bits& bits = disk.kept[kept.file];
                          if (kept.number < bits.size()) bits.set(kept.number);
                        },
                        [&](const Offered& offered) {
                          disk.begun.erase(offered.title);
                          disk.offered[offered.title] = id_of(offered.manifest);
                        },
                        [&](const Withdrawn& withdrawn) {
                          disk.begun.erase(withdrawn.title);
                          disk.offered.erase(withdrawn.title);
                        }},
             record);
}

void FloodFiles::look_at(Instant now, NodeId node, const Disk& disk, const Notice& notice) {
  if (const auto* progress = std::get_if<Progress>(&notice)) {
    const auto kept = disk.kept.find(progress->file);
    if (kept == disk.kept.end() || progress->have > kept->second.count())
      broke(now, node, "kept before durable", to_text(*progress));
  }
  const auto* finished = std::get_if<FileFinished>(&notice);
  if (finished == nullptr) return;
  ++finished_;
  const auto kept = disk.kept.find(finished->file);
  if (kept == disk.kept.end() || !kept->second.all() || !sources_.contains(finished->file))
    broke(now, node, "file differs", to_text(*finished) + " is not whole on its disk");
}

void FloodFiles::compare(Instant now, NodeId node, const Disk& disk, const Index& index) {
  std::map<std::string, FileId> shown;
  for (const Listing& listing : index.files()) shown[listing.title] = listing.file;
  if (shown == disk.offered) return;
  broke(now, node, "index differs from disk",
        std::to_string(shown.size()) + " files are offered, " +
            std::to_string(disk.offered.size()) + " on its disk");
}

}  // namespace lockstep::sim
