// Driver: steps one machine on real events and performs its effects, in order.
//
// The one place where decisions meet IO. Promises the machine what core/base/machine.hpp does: an
// instant that never goes back, one step at a time (an event that comes up while effects are
// performed waits for its turn), one pending alarm a timer. It makes no decision of its own.
//
// Used by one thread at a time: that of `io`.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <utility>
#include <vector>

#include "core/base/machine.hpp"
#include "core/base/overloaded.hpp"
#include "net/driver/alarm.hpp"

namespace lockstep::net {

// Where the effects of a machine go.
template <class A>
class Outside {
 public:
  virtual ~Outside() = default;
  virtual void send(NodeId to, typename A::Message&& message) = 0;
  // Answered with Driver::persisted(), counting every record of this incarnation from 1.
  virtual void persist(std::vector<typename A::Record>&& records) = 0;
  virtual void answer(RequestId id, typename A::Reply&& reply) = 0;
  virtual void notify(typename A::Notice&& notice) = 0;
};

template <class M>
class Driver {
 public:
  using A = typename M::Alphabet;
  using Timer = typename A::Timer;

  // The machine's instants are `ahead` of this process's time.
  Driver(asio::io_context& io, M machine, Outside<A>& outside, Duration ahead = {})
      : machine_(std::move(machine)), outside_(outside), ahead_(ahead) {
    for (auto& alarm : alarms_) {
      alarm = std::make_unique<Alarm>(
          io, [this, timer = Timer(&alarm - alarms_.data())](TimerEpoch epoch) {
            step(TimerFired<Timer>{timer, epoch});
          });
    }
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  void start(std::vector<typename A::Record> records) {
    step(Started<typename A::Record>{std::move(records)});
  }
  void receive(NodeId from, typename A::Message message) {
    step(Received<typename A::Message>{from, std::move(message)});
  }
  void request(RequestId id, typename A::Request request) {
    step(Requested<typename A::Request>{id, std::move(request)});
  }
  void persisted(RecordSeq upto) { step(Persisted{upto}); }
  void sampled(const Vitals& vitals) { step(Sampled{vitals}); }

  [[nodiscard]] const M& machine() const { return machine_; }
  // As the machine is told it.
  [[nodiscard]] Instant now() const { return net::now() + ahead_; }

 private:
  void step(Event<A>&& event) {
    if (stepping_) {
      waiting_.push_back(std::move(event));
      return;
    }
    stepping_ = true;
    step_once(event);
    while (!waiting_.empty()) {
      const Event<A> next = std::move(waiting_.front());
      waiting_.pop_front();
      step_once(next);
    }
    stepping_ = false;
  }

  void step_once(const Event<A>& event) {
    effects_.clear();
    machine_.step(now(), event, effects_);
    for (auto& effect : effects_) {
      std::visit(
          Overloaded{
              [&](Send<typename A::Message>& e) { outside_.send(e.to, std::move(e.message)); },
              [&](SetTimer<Timer>& e) { alarm(e.timer).set(e.epoch, e.at - ahead_); },
              [&](CancelTimer<Timer>& e) { alarm(e.timer).cancel(); },
              [&](Persist<typename A::Record>& e) { outside_.persist(std::move(e.records)); },
              [&](Answer<typename A::Reply>& e) { outside_.answer(e.id, std::move(e.reply)); },
              [&](Notify<typename A::Notice>& e) { outside_.notify(std::move(e.notice)); }},
          effect);
    }
  }

  Alarm& alarm(Timer timer) { return *alarms_.at(static_cast<std::size_t>(timer)); }

  M machine_;
  Outside<A>& outside_;
  Duration ahead_;
  std::array<std::unique_ptr<Alarm>, enumerator_count(Timer{})> alarms_;
  Effects<A> effects_;
  std::deque<Event<A>> waiting_;
  bool stepping_ = false;
};

}  // namespace lockstep::net
