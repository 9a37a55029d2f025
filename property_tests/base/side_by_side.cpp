// Two machines side by side against the same two alone, from any series of events.
#include "core/base/side_by_side.hpp"

#include <string_view>
#include <variant>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/random.hpp"
#include "property_tests/support/draw.hpp"
#include "property_tests/support/property.hpp"

using namespace lockstep;
using namespace lockstep::properties;

namespace {

struct Number {
  std::uint32_t value = 0;
  static constexpr std::string_view name = "number";
  static constexpr void fields(auto& self, auto&& visit) { visit("value", self.value); }
  friend bool operator==(const Number&, const Number&) = default;
};
enum class One : std::uint8_t { only };
constexpr std::string_view name_of(One) { return "only"; }
constexpr std::size_t enumerator_count(One) { return 1; }
enum class Three : std::uint8_t { red, green, blue };
constexpr std::string_view name_of(Three) { return "colour"; }
constexpr std::size_t enumerator_count(Three) { return 3; }

// Says anything at all, by all that it has heard.
template <class W, class T>
struct Parrot {
  struct Alphabet {
    using Message = W;
    using Request = W;
    using Reply = W;
    using Record = W;
    using Timer = T;
    using Notice = W;
  };
  Digest heard;

  void step(Instant now, const Event<Alphabet>& event, Effects<Alphabet>& out) {
    fold(heard, now);
    fold(heard, event);
    Random random(heard.value());
    for (std::uint64_t left = random.below(4); left > 0; --left) out.push_back(any(random));
  }
  friend bool operator==(const Parrot&, const Parrot&) = default;

 private:
  static W word(Random& random) { return Number{static_cast<std::uint32_t>(random.below(100))}; }
  static Effect<Alphabet> any(Random& random) {
    const auto timer = static_cast<T>(random.below(enumerator_count(T{})));
    switch (random.below(6)) {
      case 0: return Send<W>{NodeId(1), word(random)};
      case 1: return SetTimer<T>{timer, TimerEpoch(random.below(9)), Instant(7)};
      case 2: return CancelTimer<T>{timer};
      case 3: return Answer<W>{RequestId(random.below(9)), word(random)};
      case 4: return Notify<W>{word(random)};
      default: return Persist<W>{std::vector<W>(1 + random.below(3), word(random))};
    }
  }
};
using Left = Parrot<Number, One>;
using Right = Parrot<std::variant<Nothing, Number>, Three>;
using Both = SideBySide<Left, Right>;
using A = Both::Alphabet;

// One of the two as it is alone: its own steps, its own log, what of that log is durable.
template <class M, std::size_t I>
struct Alone {
  using Own = typename M::Alphabet;
  M machine;
  std::vector<Effect<A>> said;  // in the words of the pair, in order

  void hear(Instant now, const Event<Own>& event, std::vector<std::size_t>& log) {
    Effects<Own> out;
    machine.step(now, event, out);
    for (auto& effect : out) {
      const auto* persist = std::get_if<Persist<typename Own::Record>>(&effect);
      if (persist != nullptr) log.insert(log.end(), persist->records.size(), I);
      said.push_back(PairSide<A, I>::of_pair(std::move(effect)));
    }
  }
};

// How many of the first `upto` records are this side's.
RecordSeq share(const std::vector<std::size_t>& log, std::size_t upto, std::size_t side) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < upto; ++i) count += log[i] == side;
  return RecordSeq(count);
}

struct Lives {
  Both both{Left{}, Right{}};
  Alone<Left, 0> left;
  Alone<Right, 1> right;
  std::vector<std::size_t> log;  // whose each record is
  std::size_t durable = 0;
  int partly = 0;  // a write became durable in part

  template <std::size_t I, class M>
  Event<A> one_event(Choices& choices, Instant now, Alone<M, I>& alone) {
    using Own = typename M::Alphabet;
    Draw draw(choices);
    constexpr auto here = std::in_place_index<I>;
    const NodeId from(static_cast<std::uint32_t>(1 + choices.below(4)));
    switch (choices.below(3)) {
      case 0: {
        const auto message = draw.value<typename Own::Message>();
        alone.hear(now, Received<typename Own::Message>{from, message}, log);
        return Received<A::Message>{from, A::Message(here, message)};
      }
      case 1: {
        const auto request = draw.value<typename Own::Request>();
        alone.hear(now, Requested<typename Own::Request>{RequestId(9), request}, log);
        return Requested<A::Request>{RequestId(9), A::Request(here, request)};
      }
      default: {
        const auto place = choices.below(enumerator_count(typename Own::Timer{}));
        alone.hear(
            now,
            TimerFired<typename Own::Timer>{static_cast<typename Own::Timer>(place), TimerEpoch(2)},
            log);
        return TimerFired<A::Timer>{static_cast<A::Timer>(place + I), TimerEpoch(2)};
      }
    }
  }
  Event<A> sync(Choices& choices, Instant now) {
    const std::size_t written = log.size();
    const std::size_t upto = durable + choices.below(written - durable + 1);
    partly += upto > durable && upto < written;
    const auto tell = [&]<class M, std::size_t I>(Alone<M, I>& alone) {
      const RecordSeq own = share(log, upto, I);
      if (own != share(log, durable, I)) alone.hear(now, Persisted{own}, log);
    };
    tell(left);
    tell(right);
    durable = upto;
    return Persisted{RecordSeq(upto)};
  }
  Event<A> common(Instant now) {
    const Sampled sample;
    left.hear(now, sample, log);
    right.hear(now, sample, log);
    return sample;
  }
  Event<A> any_event(Choices& choices, Instant now) {
    switch (choices.below(4)) {
      case 0: return one_event(choices, now, left);
      case 1: return one_event(choices, now, right);
      case 2: return sync(choices, now);
      default: return common(now);
    }
  }
};

}  // namespace

TEST_CASE("side by side, each machine does what it does alone") {
  int partly = 0;
  holds([&](Choices& choices) {
    Lives lives;
    for (std::int64_t turn = 0; !choices.exhausted(); ++turn) {
      lives.left.said.clear();
      lives.right.said.clear();
      const Event<A> event = lives.any_event(choices, Instant(turn));
      Both::Out out;
      lives.both.step(Instant(turn), event, out);
      auto expected = lives.left.said;
      expected.insert(expected.end(), lives.right.said.begin(), lives.right.said.end());
      DEMAND(out == expected);
      DEMAND(lives.both.first() == lives.left.machine);
      DEMAND(lives.both.second() == lives.right.machine);
    }
    partly += lives.partly > 0;
  });
  met("a write of which a part was durable first", partly, 300);
}

TEST_CASE("what a side says comes back from the pair's words as it was") {
  holds([](Choices& choices) {
    Draw draw(choices);
    Left left{};
    Right right{};
    Effects<Left::Alphabet> of_left;
    Effects<Right::Alphabet> of_right;
    while (!choices.exhausted()) {
      left.step(Instant(1), Requested<Number>{RequestId(1), draw.value<Number>()}, of_left);
      right.step(Instant(1), Persisted{RecordSeq(choices.below(9))}, of_right);
    }
    Effects<A> all;
    for (auto effect : of_left) all.push_back(PairSide<A, 0>::of_pair(std::move(effect)));
    for (auto effect : of_right) all.push_back(PairSide<A, 1>::of_pair(std::move(effect)));
    DEMAND((PairSide<A, 0>::effects(all) == of_left));
    DEMAND((PairSide<A, 1>::effects(all) == of_right));
  });
}
