// Adversary: sees every message of one node to others before it leaves, and sends what it likes in
// its place. It works on any protocol whose messages are described.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/base/random.hpp"
#include "sim/faults/rewrite.hpp"
#include "sim/scenario/treason.hpp"

namespace lockstep::sim {

template <class Message>
class Adversary {
 public:
  struct Outgoing {
    NodeId from;  // as whom
    Message message;
  };
  // Which kinds of treason changed anything yet, by their place.
  using Done = std::array<bool, 5>;

  Adversary(NodeId self, const std::vector<Treason>& does) : self_(self), does_(&does) {
    for (const Treason& treason : does) replays_ = replays_ || treason.kind == Kind::replay;
  }

  // What leaves to `to` in place of the message, in order; `out` is cleared first.
  void turn(NodeId to, Message&& message, Random& random, std::vector<Outgoing>& out, Done& done) {
    out.clear();
    if (replays_) remember(message);
    out.push_back({self_, std::move(message)});
    for (const Treason& treason : *does_) {
      if (out.front().from != self_ && treason.kind == Kind::forge) continue;
      if (!concerns(treason, to, out.front().message, random)) continue;
      if (!commit(treason, to, random, out)) continue;
      done[static_cast<std::size_t>(treason.kind)] = true;
      if (treason.kind == Kind::silent) {
        out.erase(out.begin());
        return;
      }
    }
  }

 private:
  using Kind = Treason::Kind;
  static constexpr std::size_t memory = 64;

  void remember(const Message& message) {
    if (past_.size() < memory) {
      past_.push_back(message);
    } else {
      past_[next_++ % memory] = message;
    }
  }
  static bool concerns(const Treason& treason, NodeId to, const Message& message, Random& random) {
    const auto& only = treason.to;
    if (!only.empty() && std::find(only.begin(), only.end(), to) == only.end()) return false;
    if (!treason.message.empty() && alternative_name(message) != treason.message) return false;
    return random.chance(treason.ratio);
  }
  // False when nothing is changed by it.
  bool commit(const Treason& treason, NodeId to, Random& random, std::vector<Outgoing>& out) {
    Message& message = out.front().message;
    switch (treason.kind) {
      case Kind::silent: return true;
      case Kind::lie: {
        const bool turned = !treason.as.empty() && turn_into(message, treason.as);
        const bool changed = !treason.field.empty() &&
                             rewrite(message, treason.field, {treason.set, treason.amount});
        return turned || changed;
      }
      case Kind::equivocate:
        return rewrite(message, treason.field,
                       {false, treason.amount * static_cast<std::int64_t>(to.value())});
      case Kind::replay: out.push_back({self_, random.pick(past_)}); return true;
      case Kind::forge: out.front().from = treason.sender; return true;
    }
    return false;
  }

  NodeId self_;
  const std::vector<Treason>* does_;  // the scenario's
  bool replays_ = false;
  std::vector<Message> past_;
  std::size_t next_ = 0;
};

}  // namespace lockstep::sim
