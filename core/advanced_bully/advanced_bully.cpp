// Events in, effects out: what every part of the machine shares.
#include "core/advanced_bully/advanced_bully.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"

namespace lockstep::advanced_bully {

AdvancedBully::AdvancedBully(quorum::Keyring keyring, std::uint32_t count, Config config,
                             std::uint64_t seed)
    : keyring_(std::move(keyring)),
      count_(count),
      config_(std::move(config)),
      seed_(seed),
      base_(base_table(config_, count)),
      resource_(config_.resource) {
  check(self() >= NodeId(1) && self() <= NodeId(count), "a node is one of 1..count");
  check(refusal(config_, count).empty(), "the configuration was refused before it got here");
}

NodeId AdvancedBully::leader() const {
  if (const auto* following = std::get_if<Following>(&role_)) return following->leader;
  return role() == RoleName::coordinator ? self() : nobody;
}

bool AdvancedBully::may_act(Instant now) const {
  const auto* leading = std::get_if<Leading>(&role_);
  return leading != nullptr && leading->lease.holds(now);
}

fencing::Token AdvancedBully::token() const {
  const auto* leading = std::get_if<Leading>(&role_);
  return leading == nullptr ? fencing::Token{} : leading->token;
}

std::optional<Instant> AdvancedBully::lease_until() const {
  const auto* leading = std::get_if<Leading>(&role_);
  return leading == nullptr ? std::nullopt : leading->lease.until();
}

std::optional<Instant> AdvancedBully::heard() const {
  const auto* following = std::get_if<Following>(&role_);
  if (following == nullptr || following->leader == nobody) return std::nullopt;
  return office_.heard;
}

predict::Assessment AdvancedBully::assessment() const {
  const auto* following = std::get_if<Following>(&role_);
  const bool watches = following != nullptr && following->predictor;
  return watches ? following->predictor->assessment() : predict::Assessment{};
}

bully::Breakdown AdvancedBully::breakdown(Instant now) const {
  return bully::score(config_.score, self(),
                      {.cpu_permille = vitals_.cpu_permille,
                       .memory_permille = vitals_.memory_permille,
                       .uptime = now - started_,
                       .latency = round_trip_ / 2,
                       .history = history_,
                       .hospital = hospital_});
}

void AdvancedBully::step(Instant now, const Event<Alphabet>& event, Out& out) {
  Turn turn{now, out};
  std::visit(Overloaded{
                 [&](const Started<Record>& in) { start(turn, in.records); },
                 [&](const Received<Message>& in) { receive(turn, in.from, in.message); },
                 [&](const TimerFired<Timer>& in) { fire(turn, in.timer, in.epoch); },
                 [&](const Requested<Request>& in) { request(turn, in.id, in.request); },
                 [&](const Persisted& in) { persisted(turn, in.upto); },
                 [&](const Sampled& in) { vitals_ = in.vitals; },
             },
             event);
  finish(turn);
}

void AdvancedBully::start(Turn& turn, const std::vector<Record>& records) {
  check(epoch_ == TimerEpoch(), "Started is the first event and comes once");
  started_ = turn.now;
  std::vector<fencing::Action> actions;
  std::vector<audit::Record> trail;
  for (const Record& record : records) {
    std::visit(Overloaded{[&](const Voted& r) {
                            voted_ = r.vote.ballot.epoch;
                            vote_ = r.vote;
                          },
                          [&](const Ruled& r) { ruled_ = r; },
                          [&](const Struck& r) { struck_.push_back(r.evidence); },
                          [&](const fencing::Action& r) { actions.push_back(r); },
                          [&](const audit::Event& r) { trail.emplace_back(r); },
                          [&](const audit::Snapshot& r) { trail.emplace_back(r); },
                          [&](const History& r) { history_ = r; },
                          [&](const Weighed& r) { weights_ = r.weights; }},
               record);
  }
  if (!are_weights(base_, weights_)) weights_.clear();  // the configuration is another
  std::sort(struck_.begin(), struck_.end(),
            [](const auto& a, const auto& b) { return a.voter < b.voter; });
  check(resource_.restore(actions), "tokens that were written grow");
  auto restored = audit::restore(trail);
  check(std::holds_alternative<audit::Trail>(restored), "the trail is the one that was written");
  trail_ = std::get<audit::Trail>(std::move(restored));
  office_.heard = turn.now;
  take_role(turn, Following{.leader = nobody, .beat = {}, .predictor = {}},
            turn.now + config_.answer_timeout);
}

void AdvancedBully::receive(Turn& turn, NodeId from, const Message& message) {
  if (from == nobody || from > NodeId(count_) || from == self()) return;  // not one of us
  if (trail_.state().down.find(from) != nullptr) note(turn, audit::NodeRecovered{from});
  std::visit([&](const auto& m) { on(turn, from, m); }, message);
}

void AdvancedBully::request(Turn& turn, RequestId id, const Request& request) {
  const auto done = [&] { turn.out.emplace_back(lockstep::Answer<Reply>{id, Done{}}); };
  std::visit(Overloaded{[&](StartElection) {
                          done();
                          if (role() == RoleName::follower && !hears_leader(turn.now))
                            hold_election(turn);
                        },
                        [&](HandOver) {
                          done();
                          hand_over(turn);
                        },
                        [&](const Guard& r) { guard(turn, id, r); },
                        [&](const SetHospital& r) {
                          hospital_ = r.hospital;
                          done();
                        }},
             request);
}

void AdvancedBully::persisted(Turn& turn, RecordSeq upto) {
  if (upto <= durable_) return;
  check(upto <= written_, "nothing is durable that was not written");
  durable_ = upto;
  resource_.persisted(upto);
  std::size_t paid = 0;
  while (paid < owed_.size() && owed_[paid].record <= upto) ++paid;
  const std::vector<Owed> due(owed_.begin(), owed_.begin() + static_cast<std::ptrdiff_t>(paid));
  owed_.erase(owed_.begin(), owed_.begin() + static_cast<std::ptrdiff_t>(paid));
  for (const Owed& owed : due) pay(turn, owed.to, owed.message);
}

void AdvancedBully::pay(Turn& turn, NodeId to, const Message& message) {
  if (to != self()) return send(turn, to, message);
  if (const auto* vote = std::get_if<VoteCast>(&message)) return count(turn, vote->vote);
  if (const auto* accepted = std::get_if<ActAccepted>(&message))
    return accepted_by(turn, self(), accepted->id);
}

void AdvancedBully::fire(Turn& turn, Timer fired, TimerEpoch epoch) {
  if (!armed_ || fired != timer() || epoch != epoch_) return;  // late
  armed_ = false;
  switch (fired) {
    case Timer::failure: return suspect(turn);
    case Timer::answer: return conclude(turn);
    case Timer::heartbeat: return beat(turn);
    case Timer::coordinator: break;
  }
  // Whoever said to be fitter did not come forward.
  const NodeId whom = std::get<Waiting>(role_).whom;
  if (whom != nobody) {
    peers_[whom].passed_over = turn.now + config_.cool_down;
    peers_[whom].patience.reset();
  }
  hold_election(turn);
}

void AdvancedBully::finish(Turn& turn) {
  if (!turn.records.empty()) turn.out.emplace_back(Persist<Record>{std::move(turn.records)});
}

void AdvancedBully::send(Turn& turn, NodeId to, Message message) const {
  turn.out.emplace_back(Send<Message>{to, std::move(message)});
}

void AdvancedBully::send_to_others(Turn& turn, const Message& message) const {
  for (NodeId node(1); node <= NodeId(count_); ++node) {
    if (node != self()) send(turn, node, message);
  }
}

RecordSeq AdvancedBully::persist(Turn& turn, Record record) {
  turn.records.push_back(std::move(record));
  return ++written_;
}

void AdvancedBully::owe(Turn& turn, NodeId to, Message message) {
  if (durable_ == written_) return pay(turn, to, message);
  owed_.push_back({written_, to, std::move(message)});
}

void AdvancedBully::note(Turn& turn, audit::What what) {
  turn.out.emplace_back(Notify<audit::What>{what});
  persist(turn, trail_.append(turn.now, std::move(what)));
  if (auto snapshot = trail_.due()) persist(turn, *std::move(snapshot));
}

// Few beats are worth a write each.
void AdvancedBully::count_beats(Turn& turn, std::uint32_t beats, std::uint32_t missed) {
  constexpr std::uint32_t interval = 64;
  const std::uint32_t before = std::exchange(history_.beats, history_.beats + beats);
  history_.missed += missed;
  if (before / interval != history_.beats / interval) keep_history(turn);
}

// Whoever leads may crash before it can say how that ended.
void AdvancedBully::keep_history(Turn& turn) {
  History known = history_;
  if (role() == RoleName::coordinator) ++known.failed;
  persist(turn, known);
}

void AdvancedBully::take_role(Turn& turn, Role role, Instant alarm) {
  const Timer old = timer();
  role_ = std::move(role);
  if (armed_ && old != timer()) turn.out.emplace_back(CancelTimer<Timer>{old});
  arm(turn, alarm);
}

void AdvancedBully::arm(Turn& turn, Instant at) {
  armed_ = true;
  turn.out.emplace_back(SetTimer<Timer>{.timer = timer(), .epoch = ++epoch_, .at = at});
}

Timer AdvancedBully::timer() const {
  switch (role()) {
    case RoleName::follower: return Timer::failure;
    case RoleName::electing: return Timer::answer;
    case RoleName::waiting: return Timer::coordinator;
    case RoleName::coordinator: break;
  }
  return Timer::heartbeat;
}

}  // namespace lockstep::advanced_bully
