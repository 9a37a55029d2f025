#include "core/base/side_by_side.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"

using namespace lockstep;

namespace {

// What a Scribe is told in words: everything it says carries them.
struct Word {
  std::string text;
  static constexpr std::string_view name = "word";
  static constexpr void fields(auto& self, auto&& visit) { visit("text", self.text); }
  friend bool operator==(const Word&, const Word&) = default;
};

enum class Bell : std::uint8_t { small, big };
constexpr std::string_view name_of(Bell bell) { return bell == Bell::small ? "small" : "big"; }
constexpr std::size_t enumerator_count(Bell) { return 2; }

// Does one thing for each event, and remembers it.
struct Scribe {
  struct Alphabet {
    using Message = Word;
    using Request = Word;
    using Reply = Word;
    using Record = Word;
    using Timer = Bell;
    using Notice = Word;
  };
  std::vector<Event<Alphabet>> heard;

  void step(Instant now, const Event<Alphabet>& event, Effects<Alphabet>& out) {
    heard.push_back(event);
    if (const auto* got = std::get_if<Received<Word>>(&event))
      out.push_back(Send<Word>{got->from, {got->message.text + "!"}});
    if (const auto* asked = std::get_if<Requested<Word>>(&event)) {
      out.push_back(Persist<Word>{{asked->request, asked->request}});
      out.push_back(Answer<Word>{asked->id, asked->request});
    }
    if (std::holds_alternative<Persisted>(event)) out.push_back(CancelTimer<Bell>{Bell::small});
    if (std::holds_alternative<Sampled>(event))
      out.push_back(SetTimer<Bell>{Bell::big, TimerEpoch(3), now + seconds(1)});
    if (std::holds_alternative<TimerFired<Bell>>(event)) out.push_back(Notify<Word>{{"rang"}});
  }
  friend bool operator==(const Scribe&, const Scribe&) = default;
};

using Both = SideBySide<Scribe, Scribe>;  // of one kind, so that nothing but the place tells them
using A = Both::Alphabet;
static_assert(Machine<Both>);
static_assert(DescribedEnum<A::Timer>);

constexpr Instant now{5};
constexpr auto first = std::in_place_index<0>;
constexpr auto second = std::in_place_index<1>;
const auto small = [](int side) { return static_cast<A::Timer>(side * 2); };
const auto big = [](int side) { return static_cast<A::Timer>(side * 2 + 1); };

Both::Out step(Both& both, const Event<A>& event) {
  Both::Out out;
  both.step(now, event, out);
  return out;
}

}  // namespace

TEST_CASE("a message goes to the side it is for, and what that says is of that side") {
  Both both{Scribe{}, Scribe{}};
  const Event<A> event = Received<A::Message>{NodeId(2), A::Message(second, Word{"hello"})};
  CHECK(step(both, event) ==
        Both::Out{Send<A::Message>{NodeId(2), A::Message(second, Word{"hello!"})}});
  CHECK(both.first() == Scribe{});
  CHECK(both.second() == Scribe{{Received<Word>{NodeId(2), {"hello"}}}});
}

TEST_CASE("requests, replies and records are of the side that was asked") {
  Both both{Scribe{}, Scribe{}};
  const Event<A> event = Requested<A::Request>{RequestId(7), A::Request(first, Word{"x"})};
  const A::Record record(first, Word{"x"});
  CHECK(step(both, event) == Both::Out{Persist<A::Record>{{record, record}},
                                       Answer<A::Reply>{RequestId(7), A::Reply(first, Word{"x"})}});
  CHECK(both.second() == Scribe{});
}

TEST_CASE("each side hears that its records are durable, by its own count") {
  Both both{Scribe{}, Scribe{}};
  step(both, Requested<A::Request>{RequestId(1), A::Request(first, Word{"x"})});   // records 1, 2
  step(both, Requested<A::Request>{RequestId(2), A::Request(second, Word{"y"})});  // 3, 4
  CHECK(step(both, Persisted{RecordSeq(2)}) == Both::Out{CancelTimer<A::Timer>{small(0)}});
  CHECK(both.first().heard.back() == Event<Scribe::Alphabet>(Persisted{RecordSeq(2)}));
  CHECK(step(both, Persisted{RecordSeq(3)}) == Both::Out{CancelTimer<A::Timer>{small(1)}});
  CHECK(both.second().heard.back() == Event<Scribe::Alphabet>(Persisted{RecordSeq(1)}));
  CHECK(step(both, Persisted{RecordSeq(3)}) == Both::Out{});
}

TEST_CASE("timers of the second side stand behind those of the first") {
  Both both{Scribe{}, Scribe{}};
  CHECK(step(both, TimerFired<A::Timer>{big(1), TimerEpoch(9)}) ==
        Both::Out{Notify<A::Notice>{A::Notice(second, Word{"rang"})}});
  CHECK(both.second() == Scribe{{TimerFired<Bell>{Bell::big, TimerEpoch(9)}}});
  CHECK(both.first() == Scribe{});
  CHECK(enumerator_count(A::Timer{}) == 4);
  CHECK(name_of(small(1)) == "small");
  CHECK(name_of(big(0)) == "big");
}

TEST_CASE("a start and a sample concern both, and the first one is first") {
  Both both{Scribe{}, Scribe{}};
  Vitals vitals;
  vitals.cpu_permille = 1;
  CHECK(step(both, Sampled{vitals}) ==
        Both::Out{SetTimer<A::Timer>{big(0), TimerEpoch(3), now + seconds(1)},
                  SetTimer<A::Timer>{big(1), TimerEpoch(3), now + seconds(1)}});
  Both other{Scribe{}, Scribe{}};
  CHECK(step(other, Started<A::Record>{{A::Record(second, Word{"b"}), A::Record(first, Word{"a"}),
                                        A::Record(second, Word{"c"})}}) == Both::Out{});
  CHECK(other.first() == Scribe{{Started<Word>{{{"a"}}}}});
  CHECK(other.second() == Scribe{{Started<Word>{{{"b"}, {"c"}}}}});
}

TEST_CASE("a pair is a machine, so a third one may stand beside it") {
  using Three = SideBySide<Both, Scribe>;
  using T = Three::Alphabet;
  Three three{Both{Scribe{}, Scribe{}}, Scribe{}};
  Three::Out out;
  const A::Message inner(second, Word{"x"});
  three.step(now, Received<T::Message>{NodeId(2), T::Message(first, inner)}, out);
  three.step(now, TimerFired<T::Timer>{static_cast<T::Timer>(4), TimerEpoch(1)}, out);
  CHECK(out ==
        Three::Out{Send<T::Message>{NodeId(2), T::Message(first, A::Message(second, Word{"x!"}))},
                   Notify<T::Notice>{T::Notice(second, Word{"rang"})}});
  CHECK(three.first().second().heard.size() == 1);
  CHECK(three.second().heard.size() == 1);
}

TEST_CASE("on the wire a message says whose it is, and in a trace what it is") {
  const A::Message message(second, Word{"x"});
  std::string bytes;
  wire::encode(message, bytes);
  CHECK(bytes == std::string("\x01\x01x", 3));
  CHECK(wire::decode<A::Message>(bytes) == message);
  CHECK(to_text(message) == "word{text=\"x\"}");
  CHECK(alternative_name(message) == "word");
}
