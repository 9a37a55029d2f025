// Resource: what a fencing token guards, a small map of keys to values.
//
// Promises: it keeps the highest token it has seen and refuses every lower one, across restarts as
// well. An equal one is accepted: a leader acts many times with one token.
// How: an accepted action is a record to persist. The resource refuses older tokens from that
// moment, but shows the value, and is to be answered for, only once the record is down: an action
// that a crash undid was never accepted.
// Refuses: to act. It reads no clock and asks no leader; a leader whose lease ended is refused only
// once a later token was seen.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/flat_map.hpp"
#include "core/base/strong.hpp"
#include "core/fencing/action.hpp"
#include "core/fencing/token.hpp"

namespace lockstep::fencing {

struct Limits {
  std::uint32_t keys = 1024;     // > 0
  std::uint32_t bytes = 65'536;  // of a key and its value together
  friend bool operator==(const Limits&, const Limits&) = default;
};

struct Kept {
  std::string value;
  Token token;  // of the action that wrote it
  static constexpr std::string_view name = "kept";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("value", self.value);
    visit("token", self.token);
  }
  friend bool operator==(const Kept&, const Kept&) = default;
};

class Resource {
 public:
  explicit Resource(Limits limits = {});

  // `at`: the number the record will have if the action is accepted. REQUIRES: it ascends.
  Verdict accept(RecordSeq at, const Action& action);
  // Every record up to `upto` is down. Numbers that belong to somebody else's records do no harm.
  void persisted(RecordSeq upto);
  // After a restart, with what is on the disk, oldest first. False, and nothing is taken, when a
  // token goes back or is none: then this is not what a resource has written.
  [[nodiscard]] bool restore(std::span<const Action> records);

  // The highest token accepted, durable or not; {} before the first.
  [[nodiscard]] const Token& seen() const { return seen_; }
  // Durable values only, and the highest token among everything durable.
  [[nodiscard]] const FlatMap<std::string, Kept>& kept() const { return kept_; }
  [[nodiscard]] const Token& durable() const { return durable_; }

  static constexpr std::string_view name = "resource";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("seen", self.seen_);
    visit("durable", self.durable_);
    visit("kept", self.kept_);
  }
  friend bool operator==(const Resource&, const Resource&) = default;

 private:
  struct Write {
    RecordSeq record;
    Action action;
    friend bool operator==(const Write&, const Write&) = default;
  };
  [[nodiscard]] bool has_room_for(const std::string& key) const;
  void apply(const Action& action);

  Limits limits_;
  Token seen_;     // >= durable_
  Token durable_;  // of the last action in kept_
  FlatMap<std::string, Kept> kept_;
  std::vector<Write> writes_;  // on their way to the disk, ascending by record and token
};

}  // namespace lockstep::fencing
