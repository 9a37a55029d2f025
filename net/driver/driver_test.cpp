#include "net/driver/driver.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace lockstep::net {
namespace {

// A machine that says what it hears, and does what it is told.
enum class Bell : std::uint8_t { first, second };
constexpr std::string_view name_of(Bell bell) { return bell == Bell::first ? "first" : "second"; }
constexpr std::size_t enumerator_count(Bell) { return 2; }

struct Word {
  std::string text;
  static constexpr std::string_view name = "word";
  static constexpr void fields(auto& self, auto&& visit) { visit("text", self.text); }
  friend bool operator==(const Word&, const Word&) = default;
};

struct Parrot {
  struct Alphabet {
    using Message = Word;
    using Request = Word;
    using Reply = Word;
    using Record = Word;
    using Timer = Bell;
    using Notice = Word;
  };
  using A = Alphabet;
  std::vector<std::string> heard;
  TimerEpoch epoch;

  void step(Instant now, const Event<A>& event, Effects<A>& out) {
    std::visit(
        Overloaded{[&](const Started<Word>& e) {
                     heard.push_back("started " + std::to_string(e.records.size()));
                   },
                   [&](const Received<Word>& e) { heard.push_back("received " + e.message.text); },
                   [&](const TimerFired<Bell>& e) {
                     heard.push_back("fired " + std::string(name_of(e.timer)) +
                                     (e.epoch == epoch ? "" : " late"));
                   },
                   [&](const Requested<Word>& e) {
                     heard.push_back("requested " + e.request.text);
                     obey(now, e.id, e.request.text, out);
                   },
                   [&](const Persisted& e) {
                     heard.push_back("persisted " + std::to_string(e.upto.value()));
                   },
                   [&](const Sampled&) { heard.push_back("sampled"); }},
        event);
  }
  void obey(Instant now, RequestId id, const std::string& order, Effects<A>& out) {
    if (order == "everything") {
      out.push_back(Send<Word>{NodeId(2), {"a"}});
      out.push_back(Persist<Word>{{{"b"}, {"c"}}});
      out.push_back(Answer<Word>{id, {"d"}});
      out.push_back(Notify<Word>{{"e"}});
    }
    if (order == "soon") out.push_back(SetTimer<Bell>{Bell::first, ++epoch, now + milliseconds(2)});
    if (order == "past") out.push_back(SetTimer<Bell>{Bell::second, ++epoch, Instant(0)});
    if (order == "later") out.push_back(SetTimer<Bell>{Bell::first, ++epoch, now + seconds(3600)});
    if (order == "never") out.push_back(CancelTimer<Bell>{Bell::first});
  }
  friend bool operator==(const Parrot&, const Parrot&) = default;
};

struct Notebook : Outside<Parrot::Alphabet> {
  std::vector<std::string> done;
  std::function<void()> on_answer;
  void send(NodeId to, Word&& word) override {
    done.push_back("send " + std::to_string(to.value()) + word.text);
  }
  void persist(std::vector<Word>&& words) override {
    for (const Word& word : words) done.push_back("persist " + word.text);
  }
  void answer(RequestId id, Word&& word) override {
    done.push_back("answer " + std::to_string(id.value()) + word.text);
    if (on_answer) on_answer();
  }
  void notify(Word&& word) override { done.push_back("notify " + word.text); }
};

using Lines = std::vector<std::string>;

TEST_CASE("every event reaches the machine, every effect the outside, in order") {
  asio::io_context io;
  Notebook notebook;
  Driver<Parrot> driver(io, Parrot{}, notebook);
  driver.start({{"x"}, {"y"}});
  driver.receive(NodeId(3), {"hello"});
  driver.request(RequestId(7), {"everything"});
  driver.persisted(RecordSeq(2));
  driver.sampled({});
  CHECK(driver.machine().heard ==
        Lines{"started 2", "received hello", "requested everything", "persisted 2", "sampled"});
  CHECK(notebook.done == Lines{"send 2a", "persist b", "persist c", "answer 7d", "notify e"});
}

TEST_CASE("an event that comes up while effects are performed waits until all of them are") {
  asio::io_context io;
  Notebook notebook;
  Driver<Parrot> driver(io, Parrot{}, notebook);
  int nested = 0;
  notebook.on_answer = [&] {
    if (nested++ == 0) driver.request(RequestId(8), {"everything"});
  };
  driver.request(RequestId(7), {"everything"});
  CHECK(notebook.done == Lines{"send 2a", "persist b", "persist c", "answer 7d", "notify e",
                               "send 2a", "persist b", "persist c", "answer 8d", "notify e"});
}

TEST_CASE("a machine whose clock is ahead is told so, and its timers ring when they should") {
  asio::io_context io;
  const auto keep_alive = asio::make_work_guard(io);
  Notebook notebook;
  Driver<Parrot> driver(io, Parrot{}, notebook, seconds(1'000'000));
  const Instant set = now();
  CHECK(driver.now() - set >= seconds(1'000'000));
  driver.request(RequestId(1), {"soon"});
  while (driver.machine().heard.size() == 1 && now() - set < seconds(5))
    io.run_one_for(std::chrono::seconds(1));
  CHECK(driver.machine().heard.back() == "fired first");
  CHECK(now() - set >= milliseconds(2));
}

TEST_CASE("a timer rings at its time, at once where that is past, not when replaced or cancelled") {
  asio::io_context io;
  const auto keep_alive = asio::make_work_guard(io);
  Notebook notebook;
  Driver<Parrot> driver(io, Parrot{}, notebook);
  const auto rings = [&] {
    Lines found;
    for (const auto& line : driver.machine().heard)
      if (line.starts_with("fired")) found.push_back(line);
    return found;
  };
  driver.request(RequestId(1), {"past"});
  CHECK(rings().empty());  // a later step, even so
  io.run_one_for(std::chrono::seconds(5));
  CHECK(rings() == Lines{"fired second"});

  driver.request(RequestId(2), {"later"});
  driver.request(RequestId(3), {"soon"});
  const Instant set = now();
  while (rings().size() == 1 && now() - set < seconds(5)) io.run_one_for(std::chrono::seconds(1));
  CHECK(rings() == Lines{"fired second", "fired first"});
  CHECK(now() - set >= milliseconds(2));

  // Pushed back: the alarm of before is not heard, the later one is not yet due.
  driver.request(RequestId(4), {"soon"});
  driver.request(RequestId(5), {"later"});
  io.run_for(std::chrono::milliseconds(20));
  CHECK(rings().size() == 2);
  driver.request(RequestId(6), {"soon"});
  driver.request(RequestId(7), {"never"});
  io.run_for(std::chrono::milliseconds(20));
  CHECK(rings().size() == 2);
}

}  // namespace
}  // namespace lockstep::net
