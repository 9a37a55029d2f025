// The alphabet of a peer, and its alarms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/machine.hpp"
#include "core/flood/messages.hpp"
#include "core/flood/notices.hpp"
#include "core/flood/records.hpp"
#include "core/flood/requests.hpp"

namespace lockstep::flood {

// One for each part of a peer.
enum class Timer : std::uint8_t { directory, search, transfer };
constexpr std::string_view name_of(Timer timer) {
  switch (timer) {
    case Timer::directory: return "directory";
    case Timer::search: return "search";
    case Timer::transfer: return "transfer";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Timer) { return 3; }

struct Alphabet {
  using Message = flood::Message;
  using Request = flood::Request;
  using Reply = flood::Reply;
  using Record = flood::Record;
  using Timer = flood::Timer;
  using Notice = flood::Notice;
};
using Out = Effects<Alphabet>;

}  // namespace lockstep::flood
