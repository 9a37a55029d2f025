// FloodStores: the bytes of chunks on the disks of simulated peers. What a machine sends as the
// reference of a chunk leaves the node with the bytes that are durable there, as
// core/flood/content.hpp asks of a driver.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/flood/alphabet.hpp"

namespace lockstep::sim {

class FloodStores {
 public:
  // What is durable at a start; what was not is lost.
  void started(std::uint32_t node, const std::vector<flood::Record>& records) {
    disks_.erase(node);
    for (const auto& record : records) take(disks_[node], record);
  }
  void persists(std::uint32_t node, const std::vector<flood::Record>& records) {
    Disk& disk = disks_[node];
    disk.waiting.insert(disk.waiting.end(), records.begin(), records.end());
  }
  void durable(std::uint32_t node, RecordSeq upto) {
    Disk& disk = disks_[node];
    std::size_t down = 0;
    for (; disk.down < upto && down < disk.waiting.size(); ++disk.down)
      take(disk, disk.waiting[down++]);
    disk.waiting.erase(disk.waiting.begin(),
                       disk.waiting.begin() + static_cast<std::ptrdiff_t>(down));
  }
  // Nothing where the node has no such chunk: then no bytes travel, and the receiver sees that.
  void fill(std::uint32_t node, flood::Message& message) const {
    auto* chunk = std::get_if<flood::Chunk>(&message);
    const auto disk = disks_.find(node);
    if (chunk == nullptr || !chunk->content.bytes.empty() || disk == disks_.end()) return;
    const auto found = disk->second.chunks.find({chunk->file, chunk->number});
    if (found != disk->second.chunks.end()) chunk->content.bytes = found->second;
  }

 private:
  struct Disk {
    std::map<std::pair<flood::FileId, std::uint32_t>, Bytes> chunks;
    std::vector<flood::Record> waiting;
    RecordSeq down;
  };
  static void take(Disk& disk, const flood::Record& record) {
    if (const auto* kept = std::get_if<flood::Kept>(&record))
      disk.chunks[{kept->file, kept->number}] = kept->content.bytes;
  }
  std::map<std::uint32_t, Disk> disks_;  // of nodes that ever wrote
};

}  // namespace lockstep::sim
