// PairSide: the way between the words of a pair (core/base/pair.hpp) and those of one of its sides.
// What goes over and comes back is the same; what is the other side's is nothing here.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/machine.hpp"
#include "core/base/overloaded.hpp"
#include "core/base/pair.hpp"
#include "core/base/record_shares.hpp"

namespace lockstep {

template <class Pair, std::size_t I>
struct PairSide {
  using A = std::tuple_element_t<I, typename Pair::Sides>;
  using Records = std::vector<typename A::Record>;
  using Told = RecordShares::Told;

  // `told` is what told_of (core/base/side_by_side.hpp) says of the event.
  static std::optional<Event<A>> event(const Event<Pair>& event, const Told& told) {
    using Heard = std::optional<Event<A>>;
    return std::visit(Overloaded{[](const Started<typename Pair::Record>& e) -> Heard {
                                   return Started<typename A::Record>{records(e.records)};
                                 },
                                 [](const Received<typename Pair::Message>& e) -> Heard {
                                   const auto* message = std::get_if<I>(&e.message);
                                   if (message == nullptr) return std::nullopt;
                                   return Received<typename A::Message>{e.from, *message};
                                 },
                                 [](const TimerFired<typename Pair::Timer>& e) -> Heard {
                                   if (!is_own(e.timer)) return std::nullopt;
                                   return TimerFired<typename A::Timer>{own(e.timer), e.epoch};
                                 },
                                 [](const Requested<typename Pair::Request>& e) -> Heard {
                                   const auto* request = std::get_if<I>(&e.request);
                                   if (request == nullptr) return std::nullopt;
                                   return Requested<typename A::Request>{e.id, *request};
                                 },
                                 [&](const Persisted&) -> Heard {
                                   if (!told[I]) return std::nullopt;
                                   return Persisted{*told[I]};
                                 },
                                 [](const Sampled& e) -> Heard { return e; }},
                      event);
  }

  static std::optional<Effect<A>> effect(const Effect<Pair>& effect) {
    using Said = std::optional<Effect<A>>;
    return std::visit(Overloaded{[](const Send<typename Pair::Message>& e) -> Said {
                                   const auto* message = std::get_if<I>(&e.message);
                                   if (message == nullptr) return std::nullopt;
                                   return Send<typename A::Message>{e.to, *message};
                                 },
                                 [](const SetTimer<typename Pair::Timer>& e) -> Said {
                                   if (!is_own(e.timer)) return std::nullopt;
                                   return SetTimer<typename A::Timer>{own(e.timer), e.epoch, e.at};
                                 },
                                 [](const CancelTimer<typename Pair::Timer>& e) -> Said {
                                   if (!is_own(e.timer)) return std::nullopt;
                                   return CancelTimer<typename A::Timer>{own(e.timer)};
                                 },
                                 [](const Persist<typename Pair::Record>& e) -> Said {
                                   Records found = records(e.records);
                                   if (found.empty()) return std::nullopt;
                                   return Persist<typename A::Record>{std::move(found)};
                                 },
                                 [](const Answer<typename Pair::Reply>& e) -> Said {
                                   const auto* reply = std::get_if<I>(&e.reply);
                                   if (reply == nullptr) return std::nullopt;
                                   return Answer<typename A::Reply>{e.id, *reply};
                                 },
                                 [](const Notify<typename Pair::Notice>& e) -> Said {
                                   const auto* notice = std::get_if<I>(&e.notice);
                                   if (notice == nullptr) return std::nullopt;
                                   return Notify<typename A::Notice>{*notice};
                                 }},
                      effect);
  }
  static Effects<A> effects(const Effects<Pair>& all) {
    Effects<A> found;
    for (const auto& one : all) {
      if (auto said = effect(one)) found.push_back(std::move(*said));
    }
    return found;
  }

  static Effect<Pair> of_pair(Effect<A>&& effect) {
    using Made = Effect<Pair>;
    return std::visit(
        Overloaded{
            [](Send<typename A::Message>& e) -> Made {
              return Send<typename Pair::Message>{e.to, tagged<typename Pair::Message>(e.message)};
            },
            [](SetTimer<typename A::Timer>& e) -> Made {
              return SetTimer<typename Pair::Timer>{of_pair(e.timer), e.epoch, e.at};
            },
            [](CancelTimer<typename A::Timer>& e) -> Made {
              return CancelTimer<typename Pair::Timer>{of_pair(e.timer)};
            },
            [](Persist<typename A::Record>& e) -> Made {
              return Persist<typename Pair::Record>{of_pair(std::move(e.records))};
            },
            [](Answer<typename A::Reply>& e) -> Made {
              return Answer<typename Pair::Reply>{e.id, tagged<typename Pair::Reply>(e.reply)};
            },
            [](Notify<typename A::Notice>& e) -> Made {
              return Notify<typename Pair::Notice>{tagged<typename Pair::Notice>(e.notice)};
            }},
        effect);
  }
  static std::vector<typename Pair::Record> of_pair(Records&& records) {
    std::vector<typename Pair::Record> made;
    made.reserve(records.size());
    for (auto& record : records) made.push_back(tagged<typename Pair::Record>(record));
    return made;
  }
  static Records records(const std::vector<typename Pair::Record>& all) {
    Records found;
    for (const auto& record : all) {
      if (const auto* own = std::get_if<I>(&record)) found.push_back(*own);
    }
    return found;
  }

  static typename Pair::Timer of_pair(typename A::Timer timer) {
    return static_cast<typename Pair::Timer>(static_cast<std::size_t>(timer) + before);
  }
  static bool is_own(typename Pair::Timer timer) {
    return (static_cast<std::size_t>(timer) < Pair::first_timers) == (I == 0);
  }
  // REQUIRES: is_own(timer).
  static typename A::Timer own(typename Pair::Timer timer) {
    return static_cast<typename A::Timer>(static_cast<std::size_t>(timer) - before);
  }

 private:
  static constexpr std::size_t before = I == 0 ? 0 : Pair::first_timers;
  template <class Both, class One>
  static Both tagged(One& value) {
    return Both(std::in_place_index<I>, std::move(value));
  }
};

}  // namespace lockstep
