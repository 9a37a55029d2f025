// SideBySide: two machines on one node, one Machine. They share its links and its log, and know
// nothing of one another: each sees what it would see alone (tests and property_tests hold that).
//
// A node's driver gives each guest a disk log of its own; here both write to one, and what is
// durable is told to each in its own numbers (core/base/record_shares.hpp). Of what concerns both,
// a start and a sample, the first one hears first. Of three, two are a pair beside the third.
#pragma once

#include <cstddef>
#include <utility>

#include "core/base/machine.hpp"
#include "core/base/pair.hpp"
#include "core/base/pair_side.hpp"
#include "core/base/record_shares.hpp"

namespace lockstep {

// What each side is to be told of durable records.
template <class Pair>
RecordShares::Told told_of(RecordShares& shares, const Event<Pair>& event) {
  const auto* persisted = std::get_if<Persisted>(&event);
  return persisted == nullptr ? RecordShares::Told() : shares.persisted(persisted->upto);
}

template <Machine A, Machine B>
class SideBySide {
 public:
  using Alphabet = PairAlphabet<typename A::Alphabet, typename B::Alphabet>;
  using Out = Effects<Alphabet>;

  SideBySide(A first, B second) : first_(std::move(first)), second_(std::move(second)) {}

  void step(Instant now, const Event<Alphabet>& event, Out& out) {
    const auto told = told_of<Alphabet>(shares_, event);
    step_side<0>(first_, first_said_, now, event, told, out);
    step_side<1>(second_, second_said_, now, event, told, out);
  }

  [[nodiscard]] const A& first() const { return first_; }
  [[nodiscard]] const B& second() const { return second_; }

  friend bool operator==(const SideBySide&, const SideBySide&) = default;

 private:
  template <std::size_t I, class Side>
  void step_side(Side& side, Effects<typename Side::Alphabet>& said, Instant now,
                 const Event<Alphabet>& event, const RecordShares::Told& told, Out& out) {
    using Words = PairSide<Alphabet, I>;
    const auto heard = Words::event(event, told);
    if (!heard) return;
    side.step(now, *heard, said);
    for (auto& effect : said) {
      if (const auto* persist = std::get_if<Persist<typename Side::Alphabet::Record>>(&effect))
        shares_.wrote(I, persist->records.size());
      out.push_back(Words::of_pair(std::move(effect)));
    }
    said.clear();
  }

  A first_;
  B second_;
  RecordShares shares_;
  Effects<typename A::Alphabet> first_said_;  // of this step; empty between steps
  Effects<typename B::Alphabet> second_said_;
};

}  // namespace lockstep
