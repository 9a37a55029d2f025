// The words of two machines that share a node, as one alphabet.
//
// Each side has a message space of its own: a message, record, request, reply or notice of the pair
// says by its place whose it is, on the wire and on the disk as well. Timers of the second side
// stand behind those of the first one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <variant>

#include "core/base/describe.hpp"

namespace lockstep {

template <class First, class Second>
struct PairAlphabet {
  using Sides = std::tuple<First, Second>;
  using Message = std::variant<typename First::Message, typename Second::Message>;
  using Request = std::variant<typename First::Request, typename Second::Request>;
  using Reply = std::variant<typename First::Reply, typename Second::Reply>;
  using Record = std::variant<typename First::Record, typename Second::Record>;
  using Notice = std::variant<typename First::Notice, typename Second::Notice>;
  enum class Timer : std::uint8_t {};

  static constexpr std::size_t first_timers = enumerator_count(typename First::Timer{});
  friend constexpr std::string_view name_of(Timer timer) {
    const auto place = static_cast<std::size_t>(timer);
    return place < first_timers
               ? name_of(static_cast<typename First::Timer>(place))
               : name_of(static_cast<typename Second::Timer>(place - first_timers));
  }
  friend constexpr std::size_t enumerator_count(Timer) {
    return first_timers + enumerator_count(typename Second::Timer{});
  }
};

}  // namespace lockstep
