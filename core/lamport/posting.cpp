// Posts: stamped here or passed on to a leader, and answered once they are safe.
#include <algorithm>
#include <functional>

#include "core/lamport/lamport.hpp"

namespace lockstep::lamport {

void Lamport::post(Turn turn, RequestId id, const Post& post) {
  if (post.text.size() > config_.max_text_bytes)
    return answer(id, TooLong{{}, post.origin.sequence, config_.max_text_bytes});
  if (std::holds_alternative<Replicated>(mode_) && !leads()) return wait(turn, id, post);
  stamp({nobody, id, post.origin}, post.text, turn.out);
}

void Lamport::wait(Turn turn, RequestId id, const Post& post) {
  auto& waiting = std::get<Replicated>(mode_).waiting;
  if (waiting.size() >= config_.max_waiting && !waiting.contains(post.origin))
    return answer(id, Busy{{}, post.origin.sequence});
  Waiting& next = waiting[post.origin];
  next = {id, post.text, turn.now, {}};
  forward(post.origin, next, turn.now);
}

void Lamport::forward(const Origin& origin, Waiting& waiting, Instant now) {
  if (leader() == nobody) return;
  waiting.forwarded = now;
  send(leader(), Forward{{}, origin, waiting.text});
}

// A message that was stamped before keeps its stamp.
void Lamport::stamp(const Asker& asker, const std::string& text, Out& out) {
  const Log::Place* known = log_.find(asker.origin);
  Place place = known != nullptr ? Place{known->stamp.node, known->number}
                                 : Place{self_, log_.last(self_).next()};
  const auto* replicated = std::get_if<Replicated>(&mode_);
  const bool safe =
      known != nullptr &&
      (replicated == nullptr ? known->shown
                             : place.second <= replicated->committed[place.first.value() - 1]);
  if (safe) return acknowledge(asker, known->stamp);
  if (askers_ >= config_.max_waiting) {
    if (asker.node == nobody) answer(asker.id, Busy{{}, asker.origin.sequence});
    return;
  }
  if (known == nullptr) {
    const Stamp next{clock_.tick(), self_};
    out.emplace_back(Notify<Notice>{Stamped{next, asker.origin}});
    seen_ = std::max(seen_, next);
    accept({next, place.second, asker.origin, text});
  }
  std::vector<Asker>& askers = pending_[place];
  if (std::find(askers.begin(), askers.end(), asker) != askers.end()) return;
  askers.push_back(asker);
  ++askers_;
}

void Lamport::acknowledge(const Asker& asker, Stamp stamp) {
  if (asker.node == nobody) {
    answer(asker.id, Posted{{}, asker.origin.sequence, stamp});
  } else {
    send(asker.node, Acknowledged{{}, asker.origin, stamp});
  }
}

void Lamport::acknowledged(const Acknowledged& message) {
  auto* replicated = std::get_if<Replicated>(&mode_);
  if (replicated == nullptr) return;
  const auto found = replicated->waiting.find(message.origin);
  if (found == replicated->waiting.end()) return;
  answer(found->second.id, Posted{{}, message.origin.sequence, message.stamp});
  replicated->waiting.erase(found);
}

// Of each stream, what a majority holds durably.
void Lamport::commit() {
  auto& committed = std::get<Replicated>(mode_).committed;
  std::vector<Number> held(count_);
  for (NodeId stream(1); stream <= NodeId(count_); ++stream) {
    for (NodeId node(1); node <= NodeId(count_); ++node)
      held[node.value() - 1] = node == self_ ? log_.durable(stream) : peers_.held(node, stream);
    std::sort(held.begin(), held.end(), std::greater<>());
    const Number by_majority = std::min(held[count_ / 2], log_.durable(stream));
    Number& before = committed[stream.value() - 1];
    if (by_majority <= before) continue;
    before = by_majority;
    answer_upto(stream, before);
  }
}

void Lamport::answer_upto(NodeId stream, Number number) {
  auto next = pending_.lower_bound({stream, Number{}});
  while (next != pending_.end() && next->first <= Place{stream, number}) {
    askers_ -= next->second.size();
    for (const Asker& asker : next->second) acknowledge(asker, log_.find(asker.origin)->stamp);
    next = pending_.erase(next);
  }
}

void Lamport::retry_waiting(Turn turn) {
  auto* replicated = std::get_if<Replicated>(&mode_);
  if (replicated == nullptr) return;
  auto& waiting = replicated->waiting;
  for (auto next = waiting.begin(); next != waiting.end();) {
    auto& [origin, post] = *next;
    if (turn.now - post.since >= config_.patience) {
      answer(post.id, Overdue{{}, origin.sequence});
      next = waiting.erase(next);
      continue;
    }
    if (turn.now - post.forwarded >= config_.sync * 4) forward(origin, post, turn.now);
    ++next;
  }
}

void Lamport::read(RequestId id, const Read& read) {
  Messages found;
  std::size_t bytes = 0;
  auto next = log_.order().upper_bound(read.after);
  for (; next != log_.order().end(); ++next) {
    const Entry& entry = log_.at(next->first.node, next->second);
    bytes += entry.text.size();
    const bool full = found.entries.size() >= std::min(read.most, config_.max_entries) ||
                      (bytes > config_.max_bytes && !found.entries.empty());
    if (full) break;
    found.entries.push_back(entry);
  }
  found.more = next != log_.order().end();
  answer(id, std::move(found));
}

}  // namespace lockstep::lamport
