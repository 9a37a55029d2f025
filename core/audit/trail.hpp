// Trail: one node's audit trail as a value. append() gives the event to persist; the trail itself
// keeps no more than its head, the state that all events come to, and a few recent events to show.
//
// Promises: restored from its records, from all of them or from a snapshot and the later ones, it
// has the same last sequence, head and state as before; each event holds the hash of the one
// before. Refuses: records that do not follow one another, with what is wrong and where. Does not:
// keep the records. Whoever appends persists them, in order, before anybody acts on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/audit/flaw.hpp"
#include "core/audit/state.hpp"

namespace lockstep::audit {

using Record = std::variant<Event, Snapshot>;

class Trail {
 public:
  static constexpr std::uint64_t snapshot_interval = 1000;  // events
  static constexpr std::size_t most_recent = 32;            // events kept to show

  Trail() = default;
  // Believes the snapshot. recent() is empty.
  explicit Trail(Snapshot from) : now_(std::move(from)) {}

  // REQUIRES: an offence has at most ByzantineDetected::longest_offence bytes.
  Event append(Instant at, What what);
  // After an append or a take: the snapshot to persist behind that event, every snapshot_interval.
  [[nodiscard]] std::optional<Snapshot> due() const;

  // Is it the next event of this trail?
  [[nodiscard]] bool followed_by(const Event& event) const;
  // An event that append() gave in an earlier life. REQUIRES: followed_by(event).
  void take(const Event& event);

  [[nodiscard]] Sequence last() const { return now_.sequence; }
  [[nodiscard]] const Hash& head() const { return now_.head; }  // zero before the first event
  [[nodiscard]] const State& state() const { return now_.state; }
  [[nodiscard]] const Snapshot& snapshot() const { return now_; }
  // The latest, oldest first; none from before a snapshot that it was restored from.
  [[nodiscard]] const std::vector<Event>& recent() const { return recent_; }

  static constexpr std::string_view name = "trail";
  static constexpr void fields(auto& self, auto&& visit) { visit("now", self.now_); }
  friend bool operator==(const Trail&, const Trail&) = default;

 private:
  Snapshot now_;
  std::vector<Event> recent_;  // at most most_recent
};

// From the records of an earlier life, oldest first: the last snapshot among them is believed, and
// the events behind it are taken.
[[nodiscard]] std::variant<Trail, Flaw> restore(std::span<const Record> records);

}  // namespace lockstep::audit
