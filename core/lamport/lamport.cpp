#include "core/lamport/lamport.hpp"

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"
#include "core/lamport/records.hpp"

namespace lockstep::lamport {
namespace {

constexpr std::size_t most_held = 4096;  // beyond it messages are lost, as they may be anyway

LamportTime time_of(const Message& message) {
  return std::visit([](const auto& any) { return any.time; }, message);
}

}  // namespace

Lamport::Lamport(NodeId self, std::uint32_t count, Config config, std::uint64_t seed)
    : self_(self),
      count_(count),
      config_(config),
      clock_(config.block),
      log_(count),
      peers_(count),
      mode_(Multicast{}),
      owed_(count),
      last_at_tick_(count) {
  check(self >= NodeId(1) && self <= NodeId(count), "a node is one of 1..count");
  check(count <= most_members, "the cluster is small");
  check(refusal(config).empty(), "the configuration was refused before it got here");
  if (config.mode == Mode::replicated) {
    mode_ = Replicated{.bully = bully::Bully(self, count, config.election, seed),
                       .waiting = {},
                       .committed = std::vector<Number>(count)};
  } else {
    mode_ = Multicast{.passed = std::vector<LamportTime>(count),
                      .promised = std::vector<Promise>(count),
                      .unshown = {}};
  }
}

std::string_view Lamport::role() const {
  const auto* replicated = std::get_if<Replicated>(&mode_);
  return replicated == nullptr ? "member" : name_of(replicated->bully.role());
}

NodeId Lamport::leader() const {
  const auto* replicated = std::get_if<Replicated>(&mode_);
  return replicated == nullptr ? nobody : replicated->bully.coordinator();
}

std::size_t Lamport::waiting() const {
  const auto* replicated = std::get_if<Replicated>(&mode_);
  return askers_ + (replicated == nullptr ? 0 : replicated->waiting.size());
}

// A step is one event of the node, whatever it does, and takes one tick at least.
void Lamport::step(Instant now, const Event<Alphabet>& event, Out& out) {
  const Turn turn{now, out};
  std::visit(
      Overloaded{
          [&](const lockstep::Started<Record>& e) { start(turn, e.records); },
          [&](const Received<Message>& e) { receive(turn, e.from, e.message); },
          [&](const TimerFired<Timer>& e) {
            clock_.tick();
            if (e.timer != Timer::sync) {
              elect(turn, TimerFired<bully::Timer>{static_cast<bully::Timer>(e.timer), e.epoch});
            } else if (e.epoch == epoch_) {
              tick(turn);
            }
          },
          [&](const Requested<Request>& e) { request(turn, e.id, e.request); },
          [&](const Persisted& e) {
            clock_.tick();
            persisted(turn, e.upto);
          },
          [](const Sampled&) {},
      },
      event);
  finish(turn);
}

void Lamport::start(Turn turn, const std::vector<Record>& records) {
  check(epoch_ == TimerEpoch(), "Started is the first event and comes once");
  check(flaw_in(records).empty(), "who starts a machine has looked at its records");
  for (const Record& record : records) {
    if (const auto* bound = std::get_if<ClockBound>(&record)) {
      clock_.restore(bound->bound);
      continue;
    }
    const Entry& entry = std::get<Entry>(record);
    log_.accept(entry);
    settle({entry.stamp.node, entry.number}, turn.out);
  }
  seen_ = log_.highest();
  clock_.tick();
  if (std::holds_alternative<Replicated>(mode_)) elect(turn, lockstep::Started<Nothing>{});
  tick(turn);
}

void Lamport::receive(Turn turn, NodeId from, const Message& message) {
  if (!is_peer(from) || time_of(message) > furthest_time) return;
  clock_.receive(time_of(message));
  std::visit(Overloaded{
                 [&](const Election& e) {
                   elect(turn, Received<bully::Message>{from, e.word});
                 },
                 [&](const Forward& e) {
                   if (leads() && e.text.size() <= config_.max_text_bytes)
                     stamp({from, RequestId{}, e.origin}, e.text, turn.out);
                 },
                 [&](const Acknowledged& e) { acknowledged(e); },
                 [&](const Copies& e) { take(from, e, turn.out); },
                 [&](const Holding& e) { hear(from, e); },
             },
             message);
}

void Lamport::request(Turn turn, RequestId id, const Request& request) {
  std::visit(Overloaded{
                 [&](const Post& e) {
                   if (e.time > furthest_time) return;
                   clock_.receive(e.time);
                   post(turn, id, e);
                 },
                 [&](const Read& e) {
                   if (e.time > furthest_time) return;
                   clock_.receive(e.time);
                   read(id, e);
                 },
                 [&](const StartElection& e) {
                   clock_.tick();
                   elect(turn, Requested<bully::Request>{id, e});
                   answer(id, ElectionWanted{});
                 },
             },
             request);
}

void Lamport::persisted(Turn turn, RecordSeq upto) {
  bool others = false;
  while (!written_.empty() && written_.front().record <= upto) {
    const Written done = written_.front();
    written_.pop_front();
    if (done.bound != LamportTime{}) {
      clock_.reserved(done.bound);
      continue;
    }
    others = others || done.place.first != self_;
    settle(done.place, turn.out);
  }
  if (leads()) commit();
  if (!others) return;
  const bool all = std::holds_alternative<Multicast>(mode_);  // each waits for every clock
  for (NodeId peer(1); peer <= NodeId(count_); ++peer) {
    if (peer != self_ && (all || owed_[peer.value() - 1])) say_holding(peer, false);
  }
}

void Lamport::settle(Place place, Out& out) {
  const auto [stream, number] = place;
  log_.settle(stream, number);
  auto* multicast = std::get_if<Multicast>(&mode_);
  if (multicast == nullptr) return show(place, out);
  const LamportTime time = log_.at(stream, number).stamp.time;
  multicast->unshown.emplace(Stamp{time, stream}, number);
  pass(stream, time, number);
}

void Lamport::finish(Turn turn) {
  if (std::holds_alternative<Multicast>(mode_)) deliver(turn.out);
  pump();
  write(turn.out);
  tell(turn.out);
}

void Lamport::write(Out& out) {
  if (const auto bound = clock_.reserve()) {
    // First, so that nothing is stamped later than the clock that is written.
    records_.insert(records_.begin(), ClockBound{*bound});
  }
  if (records_.empty()) return;
  for (const Record& record : records_) {
    ++last_record_;
    const auto* bound = std::get_if<ClockBound>(&record);
    if (bound != nullptr) {
      written_.push_back({last_record_, bound->bound, {}});
    } else {
      const Entry& entry = std::get<Entry>(record);
      written_.push_back({last_record_, LamportTime{}, {entry.stamp.node, entry.number}});
    }
  }
  out.emplace_back(Persist<Record>{std::move(records_)});
  records_.clear();
}

// What leaves carries the time at which it leaves, and with it what had been stamped by then.
void Lamport::tell(Out& out) {
  for (auto& effect : said_) {
    if (held_.size() < most_held) held_.push_back(std::move(effect));
  }
  said_.clear();
  if (!clock_.may_tell()) return;
  for (auto& effect : held_) {
    const auto seal = [&](auto& any) { any.time = clock_.time(); };
    if (auto* sent = std::get_if<Send<Message>>(&effect)) {
      std::visit(seal, sent->message);
      if (auto* holding = std::get_if<Holding>(&sent->message)) holding->stamped = log_.last(self_);
    } else {
      std::visit(seal, std::get<Answer<Reply>>(effect).reply);
    }
    out.push_back(std::move(effect));
  }
  held_.clear();
}

}  // namespace lockstep::lamport
