// What a client of the store may be told to do, and what it tells its user.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/base/time.hpp"
#include "core/kv/protocol.hpp"

namespace lockstep::kv {

struct ClientConfig {
  Duration attempt_timeout = milliseconds(500);  // > 0
  Duration timeout = seconds(5);                 // of an operation from its request on; > 0
  Duration backoff_low = milliseconds(20);       // 0 <= low <= high
  Duration backoff_high = milliseconds(500);
  std::uint32_t pipeline = 1;  // > 0
  friend bool operator==(const ClientConfig&, const ClientConfig&) = default;
};

enum class ClientTimer : std::uint8_t { deadline };
constexpr std::string_view name_of(ClientTimer) { return "deadline"; }
constexpr std::size_t enumerator_count(ClientTimer) { return 1; }

enum class Reason : std::uint8_t { timed_out, never_sent, session_expired, stale, rejected };
constexpr std::string_view name_of(Reason reason) {
  switch (reason) {
    case Reason::timed_out: return "timed_out";
    case Reason::never_sent: return "never_sent";
    case Reason::session_expired: return "session_expired";
    case Reason::stale: return "stale";
    case Reason::rejected: return "rejected";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Reason) { return 5; }

struct Finished {
  Result result;
  static constexpr std::string_view name = "finished";
  static constexpr void fields(auto& self, auto&& visit) { visit("result", self.result); }
  friend bool operator==(const Finished&, const Finished&) = default;
};
// It may have taken effect, may yet, or may never.
struct Unknown {
  Reason reason{};
  static constexpr std::string_view name = "unknown";
  static constexpr void fields(auto& self, auto&& visit) { visit("reason", self.reason); }
  friend bool operator==(const Unknown&, const Unknown&) = default;
};
// It did not take effect and never will.
struct Failed {
  Reason reason{};
  static constexpr std::string_view name = "failed";
  static constexpr void fields(auto& self, auto&& visit) { visit("reason", self.reason); }
  friend bool operator==(const Failed&, const Failed&) = default;
};
using ClientReply = std::variant<Finished, Unknown, Failed>;

// Whoever carries requests says that a server does not take one, and never will: it is too large,
// say, or the server is of a version that cannot read it. That attempt had and will have no effect.
struct Rejected {
  Serial serial;            // 0: the opening of a session
  bool everywhere = false;  // no other server would take it either
  static constexpr std::string_view name = "rejected";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("serial", self.serial);
    visit("everywhere", self.everywhere);
  }
  friend bool operator==(const Rejected&, const Rejected&) = default;
};

}  // namespace lockstep::kv
