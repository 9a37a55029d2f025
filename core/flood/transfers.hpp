// Transfers: the files a peer offers and those it takes from others.
//
// What is offered, begun and kept is durable before anybody hears of it: a chunk counts, and is
// sent on, when it is down, and a file is offered when that it is whole is down. So a peer that
// starts again goes on from what it had verified. A supplier that sends a chunk with another hash
// than the manifest's is dropped and never asked again; one that is slow is dropped until it is
// found again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/flat_map.hpp"
#include "core/flood/alphabet.hpp"
#include "core/flood/config.hpp"
#include "core/flood/directory.hpp"
#include "core/flood/fetching.hpp"
#include "core/flood/searches.hpp"

namespace lockstep::flood {

class Transfers {
 public:
  Transfers(NodeId self, const TransferConfig& config) : self_(self), config_(config) {}

  // REQUIRES: flaw_in(records) is empty.
  void restore(const std::vector<Record>& records);
  void start(Instant now, Out& out);

  void share(RequestId request, const Share& share, Out& out);
  void unshare(RequestId request, const Unshare& unshare, Out& out);
  void fetch(Instant now, RequestId request, const Fetch& fetch, Out& out);
  // What a search for a fetch came to.
  void found(Instant now, const Searches::Sought& sought, Out& out);
  // The next file to search for, if its time has come; it counts as being searched for.
  [[nodiscard]] std::optional<std::string> wants_search(Instant now);
  // There was no room for that search.
  void search_later(Instant now, const std::string& title);

  void hear(Instant now, NodeId from, const ManifestWanted& wanted, Out& out);
  void hear(Instant now, NodeId from, const ManifestPart& part, Out& out);
  void hear(Instant now, NodeId from, const ChunkWanted& wanted, Out& out);
  void hear(Instant now, NodeId from, const Chunk& chunk, Out& out);
  void hear(Instant now, NodeId from, const NotHere& not_here, Out& out);
  void persisted(Instant now, RecordSeq upto, Out& out);
  void fire(Instant now, TimerEpoch epoch, Out& out);
  // Sets the alarm for what comes next, after all that a step did.
  void arm(Out& out);

  [[nodiscard]] const Index& index() const { return index_; }
  // A file of that name that is on its way here, and of which something is here already.
  [[nodiscard]] std::optional<Listing> partly(std::string_view title) const;
  [[nodiscard]] const std::vector<Fetching>& fetching() const { return fetching_; }

  friend bool operator==(const Transfers&, const Transfers&) = default;

 private:
  // A record that is being written, and what follows when it is down.
  struct Writing {
    RecordSeq seq;
    Record record;                     // a Kept one without its content
    std::optional<RequestId> request;  // whom to answer
    friend bool operator==(const Writing&, const Writing&) = default;
  };

  void write(Record record, std::optional<RequestId> request, Out& out);
  void settled(Instant now, const Writing& writing, Out& out);
  void kept(const Kept& kept, Out& out);
  void offer(const Offered& offered);
  void withdraw(const std::string& title);
  void finish(Fetching& fetching, Out& out);
  void forget(std::size_t place);
  void fail(std::size_t place, std::string why, Out& out);

  [[nodiscard]] Fetching* find(const FileId& file);
  [[nodiscard]] std::size_t place_of(std::string_view title) const;
  [[nodiscard]] bool is_written(const std::string& title) const;
  [[nodiscard]] bool banned(NodeId node) const;
  void take_suppliers(Instant now, Fetching& fetching, const Searches::Sought& sought);
  void work(Instant now, Fetching& fetching, Out& out);
  void ask_for_manifest(Instant now, Fetching& fetching, Out& out);
  void ask_for_chunks(Instant now, Fetching& fetching, NodeId node, Supplier& supplier, Out& out);
  void look_for_late(Instant now, Fetching& fetching, Out& out);
  void drop(Instant now, Fetching& fetching, NodeId node, Flaw flaw, Out& out);
  [[nodiscard]] bool take_manifest(Fetching& fetching, const ManifestPart& part, Out& out);

  NodeId self_;
  TransferConfig config_;
  Index index_;
  FlatMap<FileId, Manifest> offered_;  // of all files in the index
  std::vector<Fetching> fetching_;     // at most max_fetches
  std::vector<NodeId> banned_;         // the latest
  std::vector<Writing> writing_;       // in the order they were issued
  RecordSeq issued_;
  std::optional<Instant> alarm_;
  TimerEpoch epoch_;
};

}  // namespace lockstep::flood
