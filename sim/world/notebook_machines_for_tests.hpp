// Notebook: the smallest protocol that needs every promise of the world. A node keeps notes, each
// durable before it is acknowledged; it pings everybody at every beat, and echoes pings when asked
// to. Nodes do not agree on anything: what clients of one node see is consistent, what clients of
// two nodes see is not.
//
// The machine is strict where the contract would let it shrug: an alarm of another setting fails a
// check, so that a world which lets one through is caught.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/check.hpp"
#include "core/base/flat_map.hpp"
#include "core/base/machine.hpp"
#include "core/base/overloaded.hpp"

namespace lockstep::sim::notebook {

struct Ping {
  std::uint64_t number = 0;
  static constexpr std::string_view name = "ping";
  static constexpr void fields(auto& self, auto&& visit) { visit("number", self.number); }
  friend bool operator==(const Ping&, const Ping&) = default;
};
struct Echo {
  std::uint64_t number = 0;
  static constexpr std::string_view name = "echo";
  static constexpr void fields(auto& self, auto&& visit) { visit("number", self.number); }
  friend bool operator==(const Echo&, const Echo&) = default;
};
using Message = std::variant<Ping, Echo>;

struct Put {
  std::uint64_t number = 0;  // the client's; echoed in the reply
  std::string key, value;
  static constexpr std::string_view name = "put";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("number", self.number);
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Put&, const Put&) = default;
};
struct Get {
  std::uint64_t number = 0;
  std::string key;
  static constexpr std::string_view name = "get";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("number", self.number);
    visit("key", self.key);
  }
  friend bool operator==(const Get&, const Get&) = default;
};
struct Shout {  // ping everybody now
  static constexpr std::string_view name = "shout";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Shout&, const Shout&) = default;
};
struct Lead {
  static constexpr std::string_view name = "lead";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Lead&, const Lead&) = default;
};
struct Break {  // fail a check
  static constexpr std::string_view name = "break";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Break&, const Break&) = default;
};
using Request = std::variant<Put, Get, Shout, Lead, Break>;

struct Done {
  std::uint64_t number = 0;
  std::optional<std::string> found;
  static constexpr std::string_view name = "done";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("number", self.number);
    visit("found", self.found);
  }
  friend bool operator==(const Done&, const Done&) = default;
};
struct Note {
  std::string key, value;
  static constexpr std::string_view name = "note";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Note&, const Note&) = default;
};
struct Woke {
  std::uint64_t seed = 0;
  static constexpr std::string_view name = "woke";
  static constexpr void fields(auto& self, auto&& visit) { visit("seed", self.seed); }
  friend bool operator==(const Woke&, const Woke&) = default;
};

enum class Timer : std::uint8_t { beat };
constexpr std::string_view name_of(Timer) { return "beat"; }
constexpr std::size_t enumerator_count(Timer) { return 1; }

struct Config {
  Duration beat;      // 0: none
  bool echo = false;  // answers every ping with an echo
};

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
  std::uint64_t shouts_ = 0, led_ = 0;
};

// Asks one node, the same one each time; asks again after each patience, if it has any.
struct Wish {
  bool put = false;
  std::string key, value;
  static constexpr std::string_view name = "wish";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("put", self.put);
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Wish&, const Wish&) = default;
};
struct Granted {
  std::optional<std::string> found;
  static constexpr std::string_view name = "granted";
  static constexpr void fields(auto& self, auto&& visit) { visit("found", self.found); }
  friend bool operator==(const Granted&, const Granted&) = default;
};
enum class Patience : std::uint8_t { over };
constexpr std::string_view name_of(Patience) { return "over"; }
constexpr std::size_t enumerator_count(Patience) { return 1; }

class Reader {
 public:
  struct Alphabet {
    using Message = std::variant<notebook::Request, Done>;
    using Request = Wish;
    using Reply = Granted;
    using Record = Nothing;
    using Timer = Patience;
    using Notice = Nothing;
  };
  using Out = Effects<Alphabet>;

  Reader(NodeId server, Duration patience) : server_(server), patience_(patience) {}

  void step(Instant now, const Event<Alphabet>& event, Out& out) {
    if (const auto* asked = std::get_if<Requested<Wish>>(&event)) {
      check(asked->request.value != "unspeakable", "a wish can be spoken");
      open_[asked->id.value()] = asked->request;
      ask(asked->id.value(), asked->request, out);
      set_patience(now, out);
    } else if (const auto* got = std::get_if<Received<Alphabet::Message>>(&event)) {
      const Done& done = std::get<Done>(got->message);
      if (open_.erase(done.number))
        out.push_back(Answer<Granted>{RequestId(done.number), {done.found}});
    } else if (const auto* fired = std::get_if<TimerFired<Patience>>(&event)) {
      check(fired->epoch == epoch_, "an alarm is of the latest setting");
      for (const auto& [number, wish] : open_) ask(number, wish, out);
      if (!open_.empty()) set_patience(now, out);
    }
  }
  friend bool operator==(const Reader&, const Reader&) = default;

 private:
  void ask(std::uint64_t number, const Wish& wish, Out& out) {
    const auto request = wish.put ? notebook::Request(Put{number, wish.key, wish.value})
                                  : notebook::Request(Get{number, wish.key});
    out.push_back(Send<Alphabet::Message>{server_, request});
  }
  void set_patience(Instant now, Out& out) {
    if (patience_ > Duration(0))
      out.push_back(SetTimer<Patience>{Patience::over, ++epoch_, now + patience_});
  }

  NodeId server_;
  Duration patience_;
  FlatMap<std::uint64_t, Wish> open_;
  TimerEpoch epoch_;
};

}  // namespace lockstep::sim::notebook
