// Copies: everybody gets what it does not hold, and asks where it does not come.
#include <algorithm>

#include "core/lamport/lamport.hpp"

namespace lockstep::lamport {

void Lamport::hear(NodeId from, const Holding& holding) {
  peers_.heard(from, holding);
  if (std::holds_alternative<Multicast>(mode_)) {
    pass(from, holding.time, holding.stamped);
  } else if (leads()) {
    commit();
  }
  if (holding.asks) copy_to(from, nobody);
}

void Lamport::take(NodeId from, const Copies& copies, Out& out) {
  owed_[from.value() - 1] = true;
  for (const Entry& entry : copies.entries) {
    if (!fits(from, copies.time, entry)) continue;
    const NodeId stream = entry.stamp.node;
    const Place place{stream, entry.number};
    if (entry.number <= log_.last(stream) || parked_.contains(place)) continue;
    if (entry.stamp < seen_) {
      ++violations_;
      out.emplace_back(Notify<Notice>{CausalityViolation{entry.stamp, seen_}});
    }
    seen_ = std::max(seen_, entry.stamp);
    if (entry.number == log_.last(stream).next()) {
      if (entry.stamp > last_stamp(stream)) accept(entry);
      unpark(stream);
      continue;
    }
    if (parked_.size() < config_.max_in_flight) parked_.emplace(place, entry);
    if (asked_) continue;
    asked_ = true;
    say_holding(from, true);
    out.emplace_back(Notify<Notice>{AskedForGap{from}});
  }
}

// What no node that keeps to the protocol says is left out.
bool Lamport::fits(NodeId from, LamportTime told, const Entry& entry) const {
  const NodeId stream = entry.stamp.node;
  return (stream == from || is_peer(stream)) && entry.stamp.time <= told &&
         entry.number > Number{} && entry.text.size() <= config_.max_text_bytes;
}

void Lamport::accept(Entry entry) {
  records_.emplace_back(entry);
  log_.accept(std::move(entry));
}

void Lamport::unpark(NodeId stream) {
  auto next = parked_.lower_bound({stream, Number{}});
  while (next != parked_.end() && next->first.first == stream &&
         next->first.second <= log_.last(stream).next()) {
    const bool fits =
        next->first.second == log_.last(stream).next() && next->second.stamp > last_stamp(stream);
    if (fits) accept(std::move(next->second));
    next = parked_.erase(next);
  }
}

Stamp Lamport::last_stamp(NodeId stream) const {
  const Number last = log_.last(stream);
  return last == Number{} ? Stamp{} : log_.at(stream, last).stamp;
}

// Says what this node holds, to those that send to it or wait for its clock, and asks for what it
// lacks.
void Lamport::tick(Turn turn) {
  const NodeId asked = whom_to_ask();
  if (asked != nobody) turn.out.emplace_back(Notify<Notice>{AskedForGap{asked}});
  const bool all = leads() || std::holds_alternative<Multicast>(mode_);
  for (NodeId peer(1); peer <= NodeId(count_); ++peer) {
    if (peer == self_) continue;
    if (all || peer == leader() || peer == asked || owed_[peer.value() - 1])
      say_holding(peer, peer == asked);
  }
  last_at_tick_ = log_.lasts();
  asked_ = false;
  retry_waiting(turn);
  turn.out.emplace_back(SetTimer<Timer>{Timer::sync, ++epoch_, turn.now + config_.sync});
}

// Somebody that said it holds more. A leader asks at once, since nobody sends to it unasked; others
// where nothing has come since the last tick: of each stream by itself, since what was lost of one
// may be its last, while the others go on for ever.
NodeId Lamport::whom_to_ask() {
  const std::vector<Number> here = log_.lasts();
  const std::vector<Number>& before = leads() ? here : last_at_tick_;
  if (std::holds_alternative<Replicated>(mode_) && !leads()) {
    const auto stands = [&](const auto& parked) {
      const std::size_t stream = parked.first.first.value() - 1;
      return here[stream] == before[stream];
    };
    const bool behind = leader() != nobody && (peers_.ahead(leader(), here, before) ||
                                               std::any_of(parked_.begin(), parked_.end(), stands));
    return behind ? leader() : nobody;
  }
  for (std::uint32_t i = 0; i < count_; ++i) {
    asked_last_ = asked_last_ >= NodeId(count_) ? NodeId(1) : asked_last_.next();
    if (asked_last_ != self_ && peers_.ahead(asked_last_, here, before)) return asked_last_;
  }
  return nobody;
}

void Lamport::say_holding(NodeId to, bool asks) {
  Holding holding;
  for (NodeId node(1); node <= NodeId(count_); ++node)
    holding.numbers.push_back(log_.durable(node));
  holding.asks = asks;
  owed_[to.value() - 1] = false;
  send(to, std::move(holding));
}

// A leader sends on whatever it holds; in multicast everybody sends what it stamped itself.
void Lamport::pump() {
  const bool multicast = std::holds_alternative<Multicast>(mode_);
  if (!multicast && !leads()) return;
  for (NodeId peer(1); peer <= NodeId(count_); ++peer) {
    if (peer != self_) copy_to(peer, multicast ? self_ : nobody);
  }
}

void Lamport::copy_to(NodeId peer, NodeId only) {
  for (;;) {
    std::vector<Entry> entries = peers_.next(peer, log_, only, limits());
    if (entries.empty()) return;
    send(peer, Copies{{}, std::move(entries)});
  }
}

}  // namespace lockstep::lamport
