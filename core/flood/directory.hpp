// Directory: whom a peer knows and who its neighbours are.
//
// A peer logs in at those it was told of; whoever takes it for a neighbour says so and passes on
// whom it knows itself, and so the newcomer meets the rest. Neighbours that fall silent are pinged,
// and lost after some pings in vain; who was lost is asked again after a pause that doubles each
// time. Links are mutual: who speaks as a neighbour and is none hears that it is a stranger, and
// logs in again. Nothing here is durable: at a start a peer knows those it is told of.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/flat_map.hpp"
#include "core/flood/allowance.hpp"
#include "core/flood/alphabet.hpp"
#include "core/flood/config.hpp"

namespace lockstep::flood {

class Directory {
 public:
  struct Neighbour {
    Allowance queries;         // that are taken from it
    Instant heard;             // latest
    std::uint32_t misses = 0;  // pings since then
    friend bool operator==(const Neighbour&, const Neighbour&) = default;
  };
  using Neighbours = FlatMap<NodeId, Neighbour>;

  // `count`: the highest id there is. `peers`: whom to log in at, or, with config.start_linked, the
  // neighbours.
  Directory(NodeId self, std::uint32_t count, const DirectoryConfig& config,
            const std::vector<NodeId>& peers);

  void start(Instant now, Out& out);
  // At everybody known where the peer is nobody.
  void log_in(Instant now, NodeId peer, Out& out);
  void log_out(Out& out);
  void fire(Instant now, TimerEpoch epoch, Out& out);

  void hear(Instant now, NodeId from, const Login&, Out& out);
  void hear(Instant now, NodeId from, const Welcome& welcome, Out& out);
  void hear(Instant now, NodeId from, const Full& full, Out& out);
  void hear(Instant now, NodeId from, const Leave&, Out& out);
  void hear(Instant now, NodeId from, const Ping&, Out& out);
  void hear(Instant now, NodeId from, const Pong&, Out& out);
  void hear(Instant now, NodeId from, const Stranger&, Out& out);

  // Whoever is one of 1..count, but not this peer.
  [[nodiscard]] bool is_other(NodeId id) const {
    return id != nobody && id != self_ && id.value() <= count_;
  }
  // Null where it is none. A sign of life.
  [[nodiscard]] Neighbour* heard(Instant now, NodeId id);
  [[nodiscard]] const Neighbours& neighbours() const { return neighbours_; }
  [[nodiscard]] bool away() const { return away_; }

  friend bool operator==(const Directory&, const Directory&) = default;

 private:
  struct Known {
    Instant again;  // when it is asked to be a neighbour
    Duration pause;
    Allowance queries;  // what it asked as a neighbour counts when it is one again
    friend bool operator==(const Known&, const Known&) = default;
  };

  void arm(Instant now, Out& out);
  void look_at_neighbours(Instant now, Out& out);
  void ask_again(Instant now, Out& out);
  void learn(Instant now, const std::vector<NodeId>& peers, Out& out);
  void link(Instant now, NodeId peer, Out& out);
  void lose(Instant now, NodeId peer, Duration pause, Out& out);
  void ask(Instant now, NodeId peer, Known& known, Out& out);
  [[nodiscard]] std::vector<NodeId> living(NodeId without) const;
  [[nodiscard]] bool has_room() const { return neighbours_.size() < config_.max_neighbours; }

  NodeId self_;
  std::uint32_t count_;
  DirectoryConfig config_;
  Neighbours neighbours_;
  FlatMap<NodeId, Known> known_;  // and no neighbours
  bool away_ = false;
  TimerEpoch epoch_;
};

}  // namespace lockstep::flood
