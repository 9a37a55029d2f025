#include "core/flood/directory.hpp"

#include <algorithm>

namespace lockstep::flood {

Directory::Directory(NodeId self, std::uint32_t count, const DirectoryConfig& config,
                     const std::vector<NodeId>& peers)
    : self_(self), count_(count), config_(config) {
  for (const NodeId peer : peers) {
    if (!is_other(peer)) continue;
    if (config.start_linked) {
      neighbours_.insert(peer, {});
    } else {
      known_.insert(peer, {.again = {}, .pause = config.backoff_low, .queries = {}});
    }
  }
}

void Directory::start(Instant now, Out& out) {
  for (auto& [peer, neighbour] : neighbours_) neighbour.heard = now;
  for (auto& [peer, known] : known_) ask(now, peer, known, out);
  arm(now, out);
}

void Directory::log_in(Instant now, NodeId peer, Out& out) {
  away_ = false;
  if (is_other(peer)) {
    if (!neighbours_.contains(peer)) ask(now, peer, known_[peer], out);
  } else {
    for (auto& [id, known] : known_) ask(now, id, known, out);
  }
  arm(now, out);
}

void Directory::log_out(Out& out) {
  away_ = true;
  for (const auto& [peer, neighbour] : neighbours_) {
    out.push_back(Send<Message>{.to = peer, .message = Leave{}});
    out.push_back(Notify<Notice>{NeighbourLost{peer}});
    known_.insert(peer, {.again = {}, .pause = config_.backoff_low, .queries = neighbour.queries});
  }
  neighbours_.clear();
  if (config_.health_check > Duration(0)) out.push_back(CancelTimer<Timer>{Timer::directory});
}

void Directory::fire(Instant now, TimerEpoch epoch, Out& out) {
  if (epoch != epoch_ || away_) return;  // late
  look_at_neighbours(now, out);
  ask_again(now, out);
  arm(now, out);
}

void Directory::look_at_neighbours(Instant now, Out& out) {
  std::vector<NodeId> lost;
  for (auto& [peer, neighbour] : neighbours_) {
    if (now - neighbour.heard < config_.health_check) continue;
    if (neighbour.misses++ == config_.misses) {
      lost.push_back(peer);
    } else {
      out.push_back(Send<Message>{.to = peer, .message = Ping{}});
    }
  }
  for (const NodeId peer : lost) lose(now, peer, config_.backoff_low, out);
}

// Not more at once than there is room for.
void Directory::ask_again(Instant now, Out& out) {
  std::size_t asked = 0;
  for (auto& [peer, known] : known_) {
    if (neighbours_.size() + asked >= config_.max_neighbours) return;
    if (known.again > now) continue;
    ask(now, peer, known, out);
    ++asked;
  }
}

void Directory::ask(Instant now, NodeId peer, Known& known, Out& out) {
  known.pause = std::max(known.pause, config_.backoff_low);
  known.again = now + known.pause;
  known.pause = std::min(known.pause * 2, config_.backoff_high);
  out.push_back(Send<Message>{.to = peer, .message = Login{}});
}

void Directory::hear(Instant now, NodeId from, const Login&, Out& out) {
  if (!neighbours_.contains(from) && !has_room()) {
    out.push_back(Send<Message>{.to = from, .message = Full{living(from)}});
    return;
  }
  out.push_back(Send<Message>{.to = from, .message = Welcome{living(from)}});
  link(now, from, out);
}

void Directory::hear(Instant now, NodeId from, const Welcome& welcome, Out& out) {
  if (!neighbours_.contains(from) && !has_room()) {
    out.push_back(Send<Message>{.to = from, .message = Leave{}});
    return;
  }
  link(now, from, out);
  learn(now, welcome.peers, out);
}

void Directory::hear(Instant now, NodeId from, const Full& full, Out& out) {
  if (Known* known = known_.find(from)) known->again = now + config_.backoff_high;
  learn(now, full.peers, out);
}

void Directory::hear(Instant now, NodeId from, const Leave&, Out& out) {
  // It comes back by itself; to ask it all the same, much later, costs little.
  if (neighbours_.contains(from)) lose(now, from, config_.backoff_high, out);
}

void Directory::hear(Instant now, NodeId from, const Ping&, Out& out) {
  const bool linked = heard(now, from) != nullptr;
  out.push_back(
      Send<Message>{.to = from, .message = linked ? Message(Pong{}) : Message(Stranger{})});
}

void Directory::hear(Instant now, NodeId from, const Pong&, Out&) { (void)heard(now, from); }

void Directory::hear(Instant now, NodeId from, const Stranger&, Out& out) {
  if (!neighbours_.contains(from)) return;
  lose(now, from, config_.backoff_low, out);
  if (Known* known = known_.find(from)) ask(now, from, *known, out);
}

// Who is heard of for the first time is asked at once, while there is room.
void Directory::learn(Instant now, const std::vector<NodeId>& peers, Out& out) {
  std::size_t asked = 0, told = 0;
  for (const NodeId peer : peers) {
    if (++told > most_peers_told || known_.size() >= config_.max_known) return;
    if (!is_other(peer) || neighbours_.contains(peer) || known_.contains(peer)) continue;
    Known& known = known_[peer];
    if (neighbours_.size() + asked >= config_.max_neighbours) continue;
    ask(now, peer, known, out);
    ++asked;
  }
}

void Directory::link(Instant now, NodeId peer, Out& out) {
  Neighbour neighbour;
  neighbour.heard = now;
  if (const Known* known = known_.find(peer)) neighbour.queries = known->queries;
  known_.erase(peer);
  if (neighbours_.insert(peer, neighbour)) {
    out.push_back(Notify<Notice>{NeighbourJoined{peer}});
  } else {
    (void)heard(now, peer);
  }
}

void Directory::lose(Instant now, NodeId peer, Duration pause, Out& out) {
  Known known{.again = now + pause,
              .pause = std::min(pause * 2, config_.backoff_high),
              .queries = neighbours_.find(peer)->queries};
  neighbours_.erase(peer);
  if (known_.size() < config_.max_known) known_.insert(peer, known);
  out.push_back(Notify<Notice>{NeighbourLost{peer}});
}

Directory::Neighbour* Directory::heard(Instant now, NodeId id) {
  Neighbour* neighbour = neighbours_.find(id);
  if (neighbour == nullptr) return nullptr;
  neighbour->heard = now;
  neighbour->misses = 0;
  return neighbour;
}

std::vector<NodeId> Directory::living(NodeId without) const {
  std::vector<NodeId> peers;
  for (const auto& [peer, neighbour] : neighbours_) {
    if (peers.size() == most_peers_told) break;
    if (peer != without && neighbour.misses == 0) peers.push_back(peer);
  }
  return peers;
}

void Directory::arm(Instant now, Out& out) {
  if (config_.health_check <= Duration(0)) return;
  out.push_back(SetTimer<Timer>{
      .timer = Timer::directory, .epoch = ++epoch_, .at = now + config_.health_check});
}

}  // namespace lockstep::flood
