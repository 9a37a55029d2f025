// Searches: the queries a peer has under way, and what it does with those of others.
//
// A query reaches, at equal latencies, exactly the peers within TTL links of the asker. Each passes
// it on once, to every neighbour but the one it came from, so a flood that covers a graph of N
// peers and E links costs 2E - (N - 1) messages: every link twice but those of the tree along which
// it was first heard. Hits go back along that tree, or straight to the asker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/random.hpp"
#include "core/flood/alphabet.hpp"
#include "core/flood/config.hpp"
#include "core/flood/directory.hpp"
#include "core/flood/seen.hpp"

namespace lockstep::flood {

class Searches {
 public:
  Searches(NodeId self, const SearchConfig& config, std::uint64_t seed);

  // Of a user: answered with Found or Refused. `here`: what the peer itself offers.
  void ask(Instant now, RequestId request, const Search& search, std::vector<Source> here,
           Directory& directory, Out& out);
  // Of a fetch: what it comes to is in sought(). False where there is no room for one more.
  bool seek(Instant now, const std::string& title, Directory& directory, Out& out);
  struct Sought {
    std::string title;
    std::vector<Source> sources;
    bool over = true;  // otherwise what came by settles_after; the search goes on
    friend bool operator==(const Sought&, const Sought&) = default;
  };
  // Of the searches of fetches, those that settled or ended since this was last called.
  [[nodiscard]] std::vector<Sought> sought();
  [[nodiscard]] bool has_sought() const { return !sought_.empty(); }

  // True when the peer hears of it for the first time and should look what it has.
  [[nodiscard]] bool hear(Instant now, NodeId from, const Query& query, Directory& directory,
                          Out& out);
  // REQUIRES: that hear() said so; files is not empty.
  void reply(NodeId from, const Query& query, std::vector<Listing> files, Out& out);
  void hear(Instant now, NodeId from, const Hit& hit, Directory& directory, Out& out);
  void fire(Instant now, TimerEpoch epoch, Directory& directory, Out& out);

  [[nodiscard]] std::size_t open() const { return open_.size(); }
  [[nodiscard]] std::size_t remembered() const { return seen_.size(); }

  friend bool operator==(const Searches&, const Searches&) = default;

 private:
  struct Open {
    std::optional<RequestId> request;  // none: a fetch seeks
    Search search;
    QueryId query;  // the latest
    Instant until;
    std::vector<Source> sources;
    std::optional<Instant> settles{};  // of a fetch, since its first hit; told then, and at the end
    friend bool operator==(const Open&, const Open&) = default;
  };

  [[nodiscard]] std::string refusal(const Search& search) const;
  void begin(Instant now, Open open, Directory& directory, Out& out);
  [[nodiscard]] bool send_out(Instant now, Open& open, Directory& directory, Out& out);
  void end(std::size_t place, Out& out);
  void settle(Open& open);
  void next(Instant now, Directory& directory, Out& out);
  void arm(Out& out);

  [[nodiscard]] bool acceptable(const Query& query, const Directory& directory) const;
  void pass_on(NodeId from, const Query& query, const Directory& directory, Out& out);
  void walk_on(NodeId from, const Query& query, const Directory& directory, Out& out);
  void send_back(const Hit& hit, Directory& directory, Out& out);
  [[nodiscard]] bool take(const Hit& hit, Open& open) const;

  NodeId self_;
  SearchConfig config_;
  Random random_;
  Seen seen_;
  std::vector<Open> open_;     // at most max_open
  std::vector<Open> waiting_;  // at most max_waiting
  std::vector<Sought> sought_;
  std::optional<Instant> alarm_;
  TimerEpoch epoch_;
};

}  // namespace lockstep::flood
