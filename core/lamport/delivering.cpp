// What a node shows, and in multicast when: Lamport's rule that a request is granted once every
// process was heard with a later time (1978, the mutual exclusion of its second half). Links need
// not be FIFO: a word of a clock says how many messages were stamped before it, and counts when
// those are here.
#include <algorithm>

#include "core/lamport/lamport.hpp"

namespace lockstep::lamport {

// At `time` the node had stamped `count` messages.
void Lamport::pass(NodeId node, LamportTime time, Number count) {
  auto& multicast = std::get<Multicast>(mode_);
  LamportTime& passed = multicast.passed[node.value() - 1];
  Promise& promised = multicast.promised[node.value() - 1];
  const Number here = log_.durable(node);
  if (count <= here) {
    passed = std::max(passed, time);
  } else if (time > promised.time) {
    promised = {time, count};
  }
  if (promised.count <= here) passed = std::max(passed, promised.time);
}

void Lamport::deliver(Out& out) {
  auto& multicast = std::get<Multicast>(mode_);
  if (multicast.unshown.empty()) return;
  LamportTime passed = clock_.time();
  for (NodeId node(1); node <= NodeId(count_); ++node) {
    if (node != self_) passed = std::min(passed, multicast.passed[node.value() - 1]);
  }
  const auto everybody_holds = [&](Place place) {
    for (NodeId node(1); node <= NodeId(count_); ++node) {
      const bool holds =
          node == self_ || node == place.first || peers_.held(node, place.first) >= place.second;
      if (!holds) return false;
    }
    return true;
  };
  while (!multicast.unshown.empty()) {
    const auto next = multicast.unshown.begin();
    const Place place{next->first.node, next->second};
    if (next->first.time > passed || !everybody_holds(place)) return;
    multicast.unshown.erase(next);
    show(place, out);
    answer_upto(place.first, place.second);
  }
}

void Lamport::show(Place place, Out& out) {
  const Log::Outcome outcome = log_.show(place.first, place.second);
  const Stamp stamp = log_.at(place.first, place.second).stamp;
  if (outcome.kept == stamp) out.emplace_back(Notify<Notice>{Shown{stamp}});
  if (outcome.dropped) out.emplace_back(Notify<Notice>{Merged{outcome.kept, *outcome.dropped}});
}

}  // namespace lockstep::lamport
