// What a peer reports.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "core/base/machine.hpp"
#include "core/flood/types.hpp"

namespace lockstep::flood {

struct NeighbourJoined {
  NodeId peer;
  static constexpr std::string_view name = "neighbour_joined";
  static constexpr void fields(auto& self, auto&& visit) { visit("peer", self.peer); }
  friend bool operator==(NeighbourJoined, NeighbourJoined) = default;
};
// It left, or was silent too long, or does not take us for a neighbour.
struct NeighbourLost {
  NodeId peer;
  static constexpr std::string_view name = "neighbour_lost";
  static constexpr void fields(auto& self, auto&& visit) { visit("peer", self.peer); }
  friend bool operator==(NeighbourLost, NeighbourLost) = default;
};
struct QueryStarted {
  QueryId query;
  std::uint8_t ttl = 0;
  static constexpr std::string_view name = "query_started";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("query", self.query);
    visit("ttl", self.ttl);
  }
  friend bool operator==(QueryStarted, QueryStarted) = default;
};
struct SearchEnded {
  QueryId query;  // the last one of it
  std::uint32_t sources = 0;
  static constexpr std::string_view name = "search_ended";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("query", self.query);
    visit("sources", self.sources);
  }
  friend bool operator==(SearchEnded, SearchEnded) = default;
};
// A neighbour's query was dropped: it asks too often, or there is no room to remember one more.
struct QueryDropped {
  NodeId peer;
  static constexpr std::string_view name = "query_dropped";
  static constexpr void fields(auto& self, auto&& visit) { visit("peer", self.peer); }
  friend bool operator==(QueryDropped, QueryDropped) = default;
};
struct FetchBegan {
  FileId file;
  std::uint32_t chunks = 0;
  static constexpr std::string_view name = "fetch_began";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("file", self.file);
    visit("chunks", self.chunks);
  }
  friend bool operator==(const FetchBegan&, const FetchBegan&) = default;
};
// A chunk more is durable.
struct Progress {
  FileId file;
  std::uint32_t have = 0, chunks = 0;
  static constexpr std::string_view name = "progress";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("file", self.file);
    visit("have", self.have);
    visit("chunks", self.chunks);
  }
  friend bool operator==(const Progress&, const Progress&) = default;
};
enum class Flaw : std::uint8_t { slow, has_nothing, false_manifest, false_chunk };
constexpr std::string_view name_of(Flaw flaw) {
  switch (flaw) {
    case Flaw::slow: return "slow";
    case Flaw::has_nothing: return "has_nothing";
    case Flaw::false_manifest: return "false_manifest";
    case Flaw::false_chunk: return "false_chunk";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Flaw) { return 4; }
struct SourceDropped {
  FileId file;
  NodeId peer;
  Flaw flaw = Flaw::slow;
  static constexpr std::string_view name = "source_dropped";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("file", self.file);
    visit("peer", self.peer);
    visit("flaw", self.flaw);
  }
  friend bool operator==(const SourceDropped&, const SourceDropped&) = default;
};
struct FileFinished {
  FileId file;
  static constexpr std::string_view name = "file_finished";
  static constexpr void fields(auto& self, auto&& visit) { visit("file", self.file); }
  friend bool operator==(const FileFinished&, const FileFinished&) = default;
};

using Notice = std::variant<NeighbourJoined, NeighbourLost, QueryStarted, SearchEnded, QueryDropped,
                            FetchBegan, Progress, SourceDropped, FileFinished>;

}  // namespace lockstep::flood
