#include "core/lamport/client.hpp"

#include <algorithm>
#include <utility>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"
#include "core/lamport/clock.hpp"

namespace lockstep::lamport {

Client::Client(ClientId id, std::vector<NodeId> nodes, ClientConfig config, std::uint64_t seed)
    : id_(id), nodes_(std::move(nodes)), config_(config), random_(seed) {
  check(!nodes_.empty(), "a client knows a node");
  check(config.attempt_timeout > Duration(0), "an attempt takes time");
  check(Duration(0) <= config.pause_low && config.pause_low <= config.pause_high,
        "the pause is a range");
  target_ = random_.below(nodes_.size());
}

void Client::step(Instant now, const Event<Alphabet>& event, Out& out) {
  std::visit(
      Overloaded{[&](const Requested<Say>& e) {
                   ++last_;
                   const Open post{e.id, e.request.text, target_, now, now + config_.timeout};
                   ask(now, last_, open_.emplace(last_, post).first->second, out);
                 },
                 [&](const Received<Alphabet::Message>& e) {
                   if (const auto* reply = std::get_if<lamport::Reply>(&e.message))
                     hear(now, *reply, out);
                 },
                 [&](const TimerFired<ClientTimer>& e) {
                   if (e.epoch == epoch_) fire(now, out);
                 },
                 [](const auto&) {}},
      event);
  set_alarm(out);
}

void Client::ask(Instant now, Sequence sequence, Open& post, Out& out) {
  post.due = now + config_.attempt_timeout;
  ++time_;  // a further attempt may be the effect of what was heard since the first
  out.emplace_back(Send<Alphabet::Message>{nodes_[post.at],
                                           Request(Post{time_, Origin{id_, sequence}, post.text})});
}

// Late and double replies answer nothing that is open.
void Client::hear(Instant now, const Reply& reply, Out& out) {
  const LamportTime told = std::visit([](const auto& any) { return any.time; }, reply);
  if (told > furthest_time) return;
  time_ = std::max(time_, told).next();
  const auto find = [&](Sequence sequence) { return open_.find(sequence); };
  const auto close = [&](Sequence sequence, ClientReply how) {
    const auto post = find(sequence);
    if (post == open_.end()) return;
    out.emplace_back(Answer<ClientReply>{post->second.id, std::move(how)});
    open_.erase(post);
  };
  const auto refused = [&](Sequence sequence) {
    const auto post = find(sequence);
    if (post == open_.end()) return;
    post->second.due = now + random_.between(config_.pause_low, config_.pause_high);
  };
  std::visit(Overloaded{[&](const Posted& e) { close(e.sequence, Said{e.stamp}); },
                        [&](const TooLong& e) { close(e.sequence, Failed{}); },
                        [&](const Busy& e) { refused(e.sequence); },
                        [&](const Overdue& e) { refused(e.sequence); }, [](const auto&) {}},
             reply);
}

void Client::fire(Instant now, Out& out) {
  alarm_.reset();
  for (auto next = open_.begin(); next != open_.end();) {
    auto& [sequence, post] = *next;
    if (post.deadline <= now) {
      out.emplace_back(Answer<ClientReply>{post.id, Unknown{}});
      next = open_.erase(next);
      continue;
    }
    if (post.due <= now) {
      if (post.at == target_) target_ = (target_ + 1) % nodes_.size();
      post.at = target_;
      ask(now, sequence, post, out);
    }
    ++next;
  }
}

void Client::set_alarm(Out& out) {
  std::optional<Instant> first;
  for (const auto& [sequence, post] : open_) {
    const Instant at = std::min(post.due, post.deadline);
    first = first ? std::min(*first, at) : at;
  }
  if (!first || (alarm_ && *alarm_ <= *first)) return;
  alarm_ = first;
  out.emplace_back(SetTimer<ClientTimer>{ClientTimer::due, ++epoch_, *first});
}

}  // namespace lockstep::lamport
