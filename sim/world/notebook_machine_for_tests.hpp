// Notebook: the smallest protocol that needs every promise of the world. A node keeps notes, each
// durable before it is acknowledged; it pings everybody at every beat, and echoes pings when asked
// to. Nodes do not agree on anything: what clients of one node see is consistent, what clients of
// two nodes see is not.
//
// The machine is strict where the contract would let it shrug: an alarm of another setting, or a
// time before that of the last step, fails a check, so that a world which lets one through is
// caught.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <variant>

#include "core/base/check.hpp"
#include "core/base/flat_map.hpp"
#include "core/base/overloaded.hpp"
#include "sim/world/notebook_messages_for_tests.hpp"

namespace lockstep::sim::notebook {

class Notebook {
 public:
  struct Alphabet {
    using Message = notebook::Message;
    using Request = notebook::Request;
    using Reply = Done;
    using Record = Note;
    using Timer = notebook::Timer;
    using Notice = Woke;
  };
  using Out = Effects<Alphabet>;

  Notebook(NodeId self, std::uint32_t nodes, Config config, std::uint64_t seed)
      : self_(self), nodes_(nodes), beat_(config.beat), echo_(config.echo), seed_(seed) {}

  void step(Instant now, const Event<Alphabet>& event, Out& out) {
    check(now >= latest_, "time does not go back");
    latest_ = now;
    std::visit(Overloaded{[&](const Started<Note>& started) {
                            for (const Note& note : started.records) notes_[note.key] = note.value;
                            out.push_back(Notify<Woke>{{seed_}});
                            set_beat(now, out);
                          },
                          [&](const Received<Message>& got) {
                            const auto* ping = std::get_if<Ping>(&got.message);
                            if (ping != nullptr && echo_)
                              out.push_back(Send<Message>{got.from, Echo{ping->number}});
                          },
                          [&](const TimerFired<Timer>& fired) {
                            check(fired.epoch == epoch_, "an alarm is of the latest setting");
                            shout(out);
                            set_beat(now, out);
                          },
                          [&](const Requested<Request>& asked) { serve(asked, out); },
                          [&](const Persisted& persisted) { acknowledge(persisted.upto, out); },
                          [](const Sampled&) {}},
               event);
  }

  [[nodiscard]] const FlatMap<std::string, std::string>& notes() const { return notes_; }
  [[nodiscard]] std::uint64_t led() const { return led_; }
  friend bool operator==(const Notebook&, const Notebook&) = default;

 private:
  struct Waiting {
    RecordSeq record;
    RequestId request;
    Put put;
    friend bool operator==(const Waiting&, const Waiting&) = default;
  };

  void set_beat(Instant now, Out& out) {
    if (beat_ > Duration(0)) out.push_back(SetTimer<Timer>{Timer::beat, ++epoch_, now + beat_});
  }
  void shout(Out& out) {
    ++shouts_;
    for (NodeId to(1); to.value() <= nodes_; ++to) {
      if (to != self_) out.push_back(Send<Message>{to, Ping{shouts_}});
    }
  }
  void serve(const Requested<Request>& asked, Out& out) {
    std::visit(
        Overloaded{[&](const Put& put) {
                     waiting_.push_back({++issued_, asked.id, put});
                     out.push_back(Persist<Note>{{Note{put.key, put.value}}});
                   },
                   [&](const Get& get) {
                     const std::string* found = notes_.find(get.key);
                     out.push_back(Answer<Done>{
                         asked.id, {get.number, found ? std::optional(*found) : std::nullopt}});
                   },
                   [&](const Shout&) { shout(out); }, [&](const Lead&) { ++led_; },
                   [](const Break&) { check(false, "told to break"); }},
        asked.request);
  }
  void acknowledge(RecordSeq upto, Out& out) {
    while (!waiting_.empty() && waiting_.front().record <= upto) {
      const Waiting& done = waiting_.front();
      notes_[done.put.key] = done.put.value;
      out.push_back(Answer<Done>{done.request, {done.put.number, std::nullopt}});
      waiting_.pop_front();
    }
  }

  NodeId self_;
  std::uint32_t nodes_;
  Duration beat_;
  bool echo_;
  std::uint64_t seed_;
  FlatMap<std::string, std::string> notes_;
  std::deque<Waiting> waiting_;
  RecordSeq issued_;
  TimerEpoch epoch_;
  Instant latest_;
  std::uint64_t shouts_ = 0, led_ = 0;
};

}  // namespace lockstep::sim::notebook
