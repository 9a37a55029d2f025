// A client of a Lamport log: posts texts, each with a name of its own that stays the same in every
// attempt, as a Machine.
//
// An attempt that hears nothing for attempt_timeout is followed by one at another node; a refused
// one by one at another node after a pause. A post that was ever sent is never Failed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/machine.hpp"
#include "core/base/random.hpp"
#include "core/lamport/requests.hpp"

namespace lockstep::lamport {

struct ClientConfig {
  Duration attempt_timeout = milliseconds(500);  // > 0
  Duration timeout = seconds(5);                 // of a post from its request on; > 0
  Duration pause_low = milliseconds(20);         // 0 <= low <= high
  Duration pause_high = milliseconds(500);
  friend bool operator==(const ClientConfig&, const ClientConfig&) = default;
};

struct Say {
  std::string text;
  static constexpr std::string_view name = "say";
  static constexpr void fields(auto& self, auto&& visit) { visit("text", self.text); }
  friend bool operator==(const Say&, const Say&) = default;
};
struct Said {
  Stamp stamp;
  static constexpr std::string_view name = "said";
  static constexpr void fields(auto& self, auto&& visit) { visit("stamp", self.stamp); }
  friend bool operator==(const Said&, const Said&) = default;
};
// It may be in the log, or come there.
struct Unknown {
  static constexpr std::string_view name = "unknown";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Unknown&, const Unknown&) = default;
};
// Every node refuses so long a text.
struct Failed {
  static constexpr std::string_view name = "failed";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Failed&, const Failed&) = default;
};
using ClientReply = std::variant<Said, Unknown, Failed>;

enum class ClientTimer : std::uint8_t { due };
constexpr std::string_view name_of(ClientTimer) { return "due"; }
constexpr std::size_t enumerator_count(ClientTimer) { return 1; }

class Client {
 public:
  struct Alphabet {
    using Message = std::variant<lamport::Request, lamport::Reply>;  // sends those, hears these
    using Request = Say;
    using Reply = ClientReply;
    using Record = Nothing;
    using Timer = ClientTimer;
    using Notice = Nothing;
  };
  using Out = Effects<Alphabet>;

  // REQUIRES: nodes not empty; nobody else posts under `id`.
  Client(ClientId id, std::vector<NodeId> nodes, ClientConfig config, std::uint64_t seed);

  void step(Instant now, const Event<Alphabet>& event, Out& out);

  [[nodiscard]] LamportTime time() const { return time_; }
  [[nodiscard]] std::size_t open() const { return open_.size(); }

  friend bool operator==(const Client&, const Client&) = default;

 private:
  struct Open {
    RequestId id;
    std::string text;
    std::size_t at;  // place in nodes_ of the one asked last
    Instant due;     // for the next attempt
    Instant deadline;
    friend bool operator==(const Open&, const Open&) = default;
  };

  void ask(Instant now, Sequence sequence, Open& post, Out& out);
  void hear(Instant now, const Reply& reply, Out& out);
  void fire(Instant now, Out& out);
  void set_alarm(Out& out);

  ClientId id_;
  std::vector<NodeId> nodes_;
  ClientConfig config_;
  Random random_;
  LamportTime time_;
  std::size_t target_ = 0;  // place in nodes_, asked first
  Sequence last_;
  std::map<Sequence, Open> open_;
  TimerEpoch epoch_;
  std::optional<Instant> alarm_;  // never later than what is due first
};

}  // namespace lockstep::lamport
