// What a leader knows about one member's log, and what it may send it next.
//
//   probe      one append at a time, until one is accepted: next is a guess
//   replicate  appends are pipelined: next runs ahead of match, within the limits in flight
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.hpp"
#include "core/raft/types.hpp"

namespace lockstep::raft {

enum class Sending : std::uint8_t { probe, replicate };
constexpr std::string_view name_of(Sending sending) {
  return sending == Sending::probe ? "probe" : "replicate";
}
constexpr std::size_t enumerator_count(Sending) { return 2; }

struct Progress {
  Sending sending = Sending::probe;
  bool waiting = false;  // probe: an append is out; if it is lost, a heartbeat's answer tells
  LogIndex match;        // everything up to it is durable there and equals the leader's log
  LogIndex next;         // the next entry to send; > match
  Instant heard;         // the latest answer of this term
  ReadRound round;       // the newest round this member answered

  [[nodiscard]] std::uint64_t entries_in_flight() const { return next.value() - match.value() - 1; }

  // The member has everything up to `index`. Late and repeated answers change nothing.
  void accepted(LogIndex index);
  // The member lacks what is before `next`; `agree` is the last place where the logs may agree.
  void rejected(LogIndex agree);
  // Whether a rejection of an append after `prev` still says something: the append is not known to
  // have arrived, and was the latest guess.
  [[nodiscard]] bool is_news(LogIndex prev) const;

  static constexpr std::string_view name = "progress";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("sending", self.sending);
    visit("waiting", self.waiting);
    visit("match", self.match);
    visit("next", self.next);
    visit("heard", self.heard);
    visit("round", self.round);
  }
  friend bool operator==(const Progress&, const Progress&) = default;
};

}  // namespace lockstep::raft
