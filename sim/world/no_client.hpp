// The client of a protocol that has none.
#pragma once

#include "core/base/machine.hpp"

namespace lockstep::sim {

enum class NoTimer : std::uint8_t { none };
constexpr std::string_view name_of(NoTimer) { return "none"; }
constexpr std::size_t enumerator_count(NoTimer) { return 1; }

class NoClient {
 public:
  struct Alphabet {
    using Message = Nothing;
    using Request = Nothing;
    using Reply = Nothing;
    using Record = Nothing;
    using Timer = NoTimer;
    using Notice = Nothing;
  };
  void step(Instant, const Event<Alphabet>&, Effects<Alphabet>&) {}
  friend bool operator==(const NoClient&, const NoClient&) = default;
};

// What a protocol without clients inherits to say so.
struct WithoutClients {
  using Client = NoClient;
  static constexpr bool has_clients = false;
};

}  // namespace lockstep::sim
