#include "core/kv/client.hpp"

#include <algorithm>
#include <utility>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"
#include "core/kv/store.hpp"

namespace lockstep::kv {
namespace {

void answer(Client::Out& out, RequestId id, ClientReply reply) {
  out.emplace_back(Answer<ClientReply>{id, std::move(reply)});
}

}  // namespace

Client::Client(NodeId self, std::vector<NodeId> servers, ClientConfig config, std::uint64_t seed)
    : self_(self), servers_(std::move(servers)), config_(config), random_(seed) {
  check(!servers_.empty(), "a client knows a server");
  check(config.pipeline > 0, "a client may have one operation open");
  check(config.attempt_timeout > Duration(0), "an attempt takes time");
  check(Duration(0) <= config.backoff_low && config.backoff_low <= config.backoff_high,
        "the backoff is a range");
  target_ = random_.below(servers_.size());
}

void Client::step(Instant now, const Event<Alphabet>& event, Out& out) {
  const Turn turn{now, out};
  std::visit(Overloaded{[&](const Requested<Operation>& e) {
                          queue_.push_back({e.id, e.request, now + config_.timeout});
                          wake_by(turn, queue_.back().deadline);
                        },
                        [&](const Received<Alphabet::Message>& e) {
                          if (const auto* reply = std::get_if<kv::Reply>(&e.message)) {
                            hear(turn, e.from, *reply);
                          } else if (const auto* word = std::get_if<Rejected>(&e.message)) {
                            rejected(turn, e.from, *word);
                          }
                        },
                        [&](const TimerFired<ClientTimer>& e) {
                          if (e.epoch == epoch_) fire(turn);
                        },
                        [](const auto&) {}},
             event);
  retire();
  start_queued(turn);
}

// Replies. Any of them may be late or double: what nobody waits for is ignored.

void Client::hear(Turn turn, NodeId from, const kv::Reply& reply) {
  std::visit(
      Overloaded{[&](const Completed& e) {
                   if (Slot* slot = slot_of(e.serial)) close(turn, *slot, Finished{e.result});
                 },
                 [&](const SessionOpened& e) { opened(turn, e.session); },
                 [&](const NotLeader& e) { refused(turn, from, e.serial, e.leader, true); },
                 [&](const Busy& e) { refused(turn, from, e.serial, nobody, false); },
                 [&](const LeadershipLost& e) { refused(turn, from, e.serial, nobody, true); },
                 [&](const Stale& e) {
                   if (Slot* slot = slot_of(e.serial)) close(turn, *slot, Unknown{Reason::stale});
                 },
                 [&](const SessionExpired& e) { expired(turn, e.session); },
                 [](const CampaignStarted&) {}, [](const TransferStarted&) {},
                 [](const NobodyToLead&) {}},
      reply);
}

void Client::refused(Turn turn, NodeId from, Serial serial, NodeId hint, bool elsewhere) {
  Attempts* const attempts = attempts_of(serial);
  if (attempts == nullptr || attempts->at != from) return;
  attempts->at = nobody;
  ++attempts->refusals;
  const auto hinted = hint == from ? std::nullopt : place_of(hint);
  if (hinted) {
    target_ = *hinted;
  } else if (elsewhere) {
    rotate_from(from);
  }
  // Two servers that each take the other for the leader are not asked in turns without a pause.
  attempts->followed = hinted && !attempts->followed;
  if (attempts->followed) return attempt(turn, serial);
  attempts->due = turn.now + backoff(attempts->refusals);
  wake_by(turn, attempts->due);
}

void Client::rejected(Turn turn, NodeId from, const Rejected& word) {
  const Attempts* const attempts = attempts_of(word.serial);
  if (attempts == nullptr || attempts->at != from) return;
  Slot* const slot = slot_of(word.serial);
  if (slot != nullptr) ++slot->rejected;
  if (!word.everywhere) return refused(turn, from, word.serial, nobody, true);
  if (slot != nullptr) {
    const bool harmless = is_read(slot->operation) || slot->rejected == slot->sent;
    return close(turn, *slot,
                 harmless ? ClientReply(Failed{Reason::rejected}) : Unknown{Reason::rejected});
  }
  opening_ = Attempts{};
  for (Slot& waiting : window_) {
    if (waiting.closed || !waiting.attempts.idle) continue;
    check(waiting.sent == 0, "what was sent in an expired session is answered");
    close(turn, waiting, Failed{Reason::rejected});
  }
}

void Client::opened(Turn turn, SessionId session) {
  if (session_ != SessionId{} || session <= expired_) return;
  session_ = session;
  opening_ = Attempts{};
  for (std::size_t place = 0; place < window_.size(); ++place) {
    const Slot& slot = window_[place];
    if (!slot.closed && slot.attempts.idle) attempt(turn, serial_at(place));
  }
}

void Client::expired(Turn turn, SessionId session) {
  if (session_ == SessionId{} || session != session_) return;
  expired_ = std::exchange(session_, SessionId{});
  for (Slot& slot : window_) {
    if (slot.closed || slot.sent == 0 || is_read(slot.operation)) continue;
    close(turn, slot, Unknown{Reason::session_expired});
  }
}

// Time.

void Client::fire(Turn turn) {
  alarm_.reset();
  while (!queue_.empty() && queue_.front().deadline <= turn.now) {
    answer(turn.out, queue_.front().id, Failed{Reason::never_sent});
    queue_.pop_front();
  }
  for (std::size_t place = 0; place < window_.size(); ++place) {
    Slot& slot = window_[place];
    if (slot.closed) continue;
    if (slot.deadline > turn.now) {
      attempt_after_timeout(turn, slot.attempts, serial_at(place));
      continue;
    }
    give_up(turn, slot.attempts);
    if (is_read(slot.operation)) {
      close(turn, slot, Failed{Reason::timed_out});
    } else if (slot.sent == 0) {
      close(turn, slot, Failed{Reason::never_sent});
    } else {
      close(turn, slot, Unknown{Reason::timed_out});
    }
  }
  if (waits_for_session()) {
    attempt_after_timeout(turn, opening_, Serial{});
  } else {
    give_up(turn, opening_);
    opening_ = Attempts{};
  }
  wake_for_first_due(turn);
}

void Client::attempt_after_timeout(Turn turn, Attempts& attempts, Serial serial) {
  if (attempts.idle || attempts.due > turn.now) return;
  if (attempts.at != nobody) rotate_from(attempts.at);
  attempts.followed = false;
  attempt(turn, serial);
}

// A server that was silent for as long as anybody waits is not asked first next time, or operations
// that have time for one attempt would ask it for ever.
void Client::give_up(Turn turn, const Attempts& attempts) {
  if (attempts.at == nobody) return;
  const Instant asked = attempts.due - config_.attempt_timeout;
  if (turn.now - asked >= std::min(config_.attempt_timeout, config_.timeout))
    rotate_from(attempts.at);
}

void Client::wake_for_first_due(Turn turn) {
  std::optional<Instant> first;
  const auto consider = [&first](Instant at) { first = first ? std::min(*first, at) : at; };
  if (!queue_.empty()) consider(queue_.front().deadline);
  if (!opening_.idle) consider(opening_.due);
  for (const Slot& slot : window_) {
    if (slot.closed) continue;
    consider(slot.deadline);
    if (!slot.attempts.idle) consider(slot.attempts.due);
  }
  if (first) wake_by(turn, *first);
}

void Client::wake_by(Turn turn, Instant at) {
  if (alarm_ && *alarm_ <= at) return;
  alarm_ = at;
  ++epoch_;
  turn.out.emplace_back(SetTimer<ClientTimer>{ClientTimer::deadline, epoch_, at});
}

Duration Client::backoff(std::uint32_t refusals) {
  const Duration base = std::max(config_.backoff_low, milliseconds(1));
  const Duration grown = base * (std::int64_t{1} << std::min(refusals, 16u));
  const Duration ceiling = std::min(grown, config_.backoff_high);
  return random_.between(config_.backoff_low, ceiling);
}

// Operations.

void Client::start_queued(Turn turn) {
  while (!queue_.empty() && started_ < config_.pipeline && window_.size() < widest_window) {
    Queued& next = queue_.front();
    window_.push_back({next.id, std::move(next.operation), next.deadline, {}});
    queue_.pop_front();
    ++started_;
    attempt(turn, serial_at(window_.size() - 1));
  }
}

void Client::attempt(Turn turn, Serial serial) {
  if (serial == Serial{}) return send(turn, opening_, OpenSession{});
  Slot& slot = window_[serial.value() - oldest_.value()];
  if (is_read(slot.operation) || session_ != SessionId{}) {
    ++slot.sent;
    return send(turn, slot.attempts, ClientRequest{session_, serial, oldest_, slot.operation});
  }
  slot.attempts = Attempts{};
  if (opening_.idle) send(turn, opening_, OpenSession{});
}

void Client::send(Turn turn, Attempts& attempts, kv::Request request) {
  attempts.idle = false;
  attempts.at = servers_[target_];
  attempts.due = turn.now + config_.attempt_timeout;
  turn.out.emplace_back(Send<Alphabet::Message>{attempts.at, std::move(request)});
  wake_by(turn, attempts.due);
}

void Client::close(Turn turn, Slot& slot, ClientReply reply) {
  check(!slot.closed, "an operation is answered once");
  slot.closed = true;
  --started_;
  answer(turn.out, slot.id, std::move(reply));
}

void Client::retire() {
  while (!window_.empty() && window_.front().closed) {
    window_.pop_front();
    ++oldest_;
  }
}

bool Client::waits_for_session() const {
  return std::any_of(window_.begin(), window_.end(),
                     [](const Slot& slot) { return !slot.closed && slot.attempts.idle; });
}

Client::Slot* Client::slot_of(Serial serial) {
  if (serial < oldest_ || serial.value() - oldest_.value() >= window_.size()) return nullptr;
  Slot& slot = window_[serial.value() - oldest_.value()];
  return slot.closed ? nullptr : &slot;
}

Client::Attempts* Client::attempts_of(Serial serial) {
  if (serial == Serial{}) return &opening_;
  Slot* const slot = slot_of(serial);
  return slot == nullptr ? nullptr : &slot->attempts;
}

// Servers.

void Client::rotate_from(NodeId server) {
  if (servers_[target_] == server) target_ = (target_ + 1) % servers_.size();
}

std::optional<std::size_t> Client::place_of(NodeId server) const {
  const auto at = std::find(servers_.begin(), servers_.end(), server);
  if (at == servers_.end()) return std::nullopt;
  return static_cast<std::size_t>(at - servers_.begin());
}

}  // namespace lockstep::kv
