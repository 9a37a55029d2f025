#include "core/bully/bully.hpp"

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"

namespace lockstep::bully {

Bully::Bully(NodeId self, std::uint32_t count, Config config, std::uint64_t /*seed*/)
    : self_(self), count_(count), config_(config) {
  check(self >= NodeId(1) && self <= NodeId(count), "a process is one of 1..count");
  check(refusal(config).empty(), "the configuration was refused before it got here");
}

NodeId Bully::coordinator() const {
  if (const auto* following = std::get_if<Following>(&role_)) return following->coordinator;
  return role() == RoleName::coordinator ? self_ : nobody;
}

void Bully::step(Instant now, const Event<Alphabet>& event, Effects<Alphabet>& out) {
  std::visit(Overloaded{
                 [&](const Started<Nothing>&) { start(now, out); },
                 [&](const Received<Message>& in) { receive(now, in.from, in.message, out); },
                 [&](const TimerFired<Timer>& fired) { fire(now, fired.timer, fired.epoch, out); },
                 [&](const Requested<Request>& in) {
                   out.push_back(lockstep::Answer<Nothing>{.id = in.id, .reply = {}});
                   if (!election_running()) hold_election(now, out);
                 },
                 [](const Persisted&) { check(false, "nothing was asked to be persisted"); },
                 [](const Sampled&) {},
             },
             event);
}

void Bully::start(Instant now, Effects<Alphabet>& out) {
  check(epoch_ == TimerEpoch(), "Started is the first event and comes once");
  if (!config_.start_with_highest) return hold_election(now, out);
  const NodeId highest(count_);
  if (self_ != highest) return follow(now, highest, out);
  // Everybody takes it for granted: no COORDINATOR, the heartbeats are enough.
  take_role(Coordinating{}, now + config_.heartbeat, out);
  out.push_back(Notify<Notice>{BecameCoordinator{}});
}

void Bully::receive(Instant now, NodeId from, const Message& message, Effects<Alphabet>& out) {
  if (from == nobody || from > NodeId(count_) || from == self_) return;  // not one of us
  std::visit(Overloaded{
                 [&](Election) { hear_election(now, from, out); },
                 [&](bully::Answer) { hear_answer(now, from, out); },
                 [&](Coordinator) { hear_coordinator(now, from, true, out); },
                 [&](Heartbeat) { hear_coordinator(now, from, false, out); },
             },
             message);
}

void Bully::hear_election(Instant now, NodeId from, Effects<Alphabet>& out) {
  if (from > self_) return;  // nobody asks downwards
  out.push_back(Send<Message>{.to = from, .message = bully::Answer{}});
  if (role() == RoleName::coordinator) {
    out.push_back(Send<Message>{.to = from, .message = Coordinator{}});
  } else if (!election_running()) {
    hold_election(now, out);
  }
}

void Bully::hear_answer(Instant now, NodeId from, Effects<Alphabet>& out) {
  // A second answer changes nothing, and one that comes after the election is over is late.
  if (from < self_ || role() != RoleName::electing) return;
  take_role(Waiting{}, now + config_.coordinator_timeout, out);
}

// `announced`: by COORDINATOR, so the sender has just asked everybody above it and heard nothing.
void Bully::hear_coordinator(Instant now, NodeId from, bool announced, Effects<Alphabet>& out) {
  if (from < self_) {
    // The sender does not know of us. Only a coordinator bullies it: a follower's own coordinator
    // hears the same heartbeat, and a running election ends with a COORDINATOR anyway.
    if (role() == RoleName::coordinator)
      out.push_back(Send<Message>{.to = from, .message = Coordinator{}});
    return;
  }
  auto* following = std::get_if<Following>(&role_);
  if (following != nullptr && following->coordinator == from) {
    following->heard = now;  // the pending alarm looks at it when it fires: see fire()
    return;
  }
  // Of two coordinators that both send heartbeats the higher one stays, so that nobody wavers
  // between them until the lower one has stepped down.
  if (following != nullptr && !announced && from < following->coordinator) return;
  follow(now, from, out);
}

void Bully::fire(Instant now, Timer fired, TimerEpoch epoch, Effects<Alphabet>& out) {
  if (!armed_ || fired != timer() || epoch != epoch_) return;  // late
  armed_ = false;
  switch (fired) {
    case Timer::heartbeat: return beat(now, out);
    case Timer::answer: return become_coordinator(now, out);
    case Timer::coordinator: return hold_election(now, out);
    case Timer::failure: break;
  }
  // Heartbeats do not set the alarm again, which would be one effect each; the alarm asks when the
  // last one came and sleeps for the rest of the time.
  const auto& following = std::get<Following>(role_);
  const Instant silent_at = following.heard + config_.heartbeat_timeout;
  if (now < silent_at) return arm(silent_at, out);
  out.push_back(Notify<Notice>{SuspectedCoordinator{following.coordinator}});
  hold_election(now, out);
}

void Bully::hold_election(Instant now, Effects<Alphabet>& out) {
  out.push_back(Notify<Notice>{ElectionStarted{}});
  if (self_ == NodeId(count_)) return become_coordinator(now, out);  // nobody to ask
  for (NodeId higher = self_.next(); higher <= NodeId(count_); ++higher)
    out.push_back(Send<Message>{.to = higher, .message = Election{}});
  take_role(Electing{}, now + config_.answer_timeout, out);
}

void Bully::become_coordinator(Instant now, Effects<Alphabet>& out) {
  for (NodeId lower = self_.previous(); lower > nobody; lower = lower.previous())
    out.push_back(Send<Message>{.to = lower, .message = Coordinator{}});
  take_role(Coordinating{}, now + config_.heartbeat, out);
  out.push_back(Notify<Notice>{BecameCoordinator{}});
}

void Bully::follow(Instant now, NodeId coordinator, Effects<Alphabet>& out) {
  const Following next{.coordinator = coordinator, .heard = now};
  if (role() == RoleName::follower && armed_) {
    role_ = next;  // the pending alarm serves the next coordinator as well
  } else {
    take_role(next, now + config_.heartbeat_timeout, out);
  }
  out.push_back(Notify<Notice>{AcceptedCoordinator{coordinator}});
}

// To the higher ids too: one that was cut off learns from it that it has to bully the sender.
void Bully::beat(Instant now, Effects<Alphabet>& out) {
  for (NodeId peer(1); peer <= NodeId(count_); ++peer)
    if (peer != self_) out.push_back(Send<Message>{.to = peer, .message = Heartbeat{}});
  arm(now + config_.heartbeat, out);
}

void Bully::take_role(Role role, Instant alarm, Effects<Alphabet>& out) {
  const Timer old = timer();
  role_ = role;
  if (armed_ && old != timer()) out.push_back(CancelTimer<Timer>{old});
  arm(alarm, out);
}

void Bully::arm(Instant at, Effects<Alphabet>& out) {
  armed_ = true;
  out.push_back(SetTimer<Timer>{.timer = timer(), .epoch = ++epoch_, .at = at});
}

Timer Bully::timer() const {
  switch (role()) {
    case RoleName::follower: return Timer::failure;
    case RoleName::electing: return Timer::answer;
    case RoleName::waiting: return Timer::coordinator;
    case RoleName::coordinator: break;
  }
  return Timer::heartbeat;
}

bool Bully::election_running() const {
  return role() == RoleName::electing || role() == RoleName::waiting;
}

}  // namespace lockstep::bully
