// What the nodes of a Lamport log say to one another. Every message carries its sender's clock.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/describe.hpp"
#include "core/bully/messages.hpp"
#include "core/lamport/stamp.hpp"

namespace lockstep::lamport {

// A word of the Bully election.
struct Election {
  LamportTime time;
  bully::Message word;
  static constexpr std::string_view name = "election";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("word", self.word);
  }
  friend bool operator==(const Election&, const Election&) = default;
};

// To the leader: somebody posted this here.
struct Forward {
  LamportTime time;
  Origin origin;
  std::string text;
  static constexpr std::string_view name = "forward";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("origin", self.origin);
    visit("text", self.text);
  }
  friend bool operator==(const Forward&, const Forward&) = default;
};

// The answer to Forward: a majority holds it.
struct Acknowledged {
  LamportTime time;
  Origin origin;
  Stamp stamp;
  static constexpr std::string_view name = "acknowledged";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("origin", self.origin);
    visit("stamp", self.stamp);
  }
  friend bool operator==(const Acknowledged&, const Acknowledged&) = default;
};

// Copies; those of one node in the order of their numbers.
struct Copies {
  LamportTime time;
  std::vector<Entry> entries;  // each durable at the sender and stamped before `time`
  static constexpr std::string_view name = "copies";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("entries", self.entries);
  }
  friend bool operator==(const Copies&, const Copies&) = default;
};

// What the sender holds: the acknowledgement of Copies, and how everybody learns of gaps.
struct Holding {
  LamportTime time;
  std::vector<Number> numbers;  // [node - 1]: everything of that node up to here is durable
  Number stamped;               // at `time` the sender had stamped this many itself
  bool asks = false;            // send what is above `numbers`
  static constexpr std::string_view name = "holding";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("numbers", self.numbers);
    visit("stamped", self.stamped);
    visit("asks", self.asks);
  }
  friend bool operator==(const Holding&, const Holding&) = default;
};

// On the wire an alternative is its place here: add at the end only.
using Message = std::variant<Election, Forward, Acknowledged, Copies, Holding>;

// The next one says it again.
[[nodiscard]] inline bool is_worthless_later(const Message& message) {
  const auto* election = std::get_if<Election>(&message);
  return election != nullptr && std::holds_alternative<bully::Heartbeat>(election->word);
}

}  // namespace lockstep::lamport
