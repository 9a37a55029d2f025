// verify(): are these the events of one trail, all of them, unchanged and in order?
//
// Found, and said with the first event in question: an event that was changed, dropped, moved or
// put in from elsewhere, and a snapshot that says other than the events before it.
// Not found without a known head: that the end was cut off, that the last event was changed, that
// the whole trail is another one, made up from its first event on. So an auditor notes a head now
// and then (any event's hash), and asks for it later: then everything up to that event is proved.
// What follows the noted event is held together by the chain alone.
#pragma once

#include <optional>
#include <span>

#include "core/audit/flaw.hpp"
#include "core/audit/trail.hpp"

namespace lockstep::audit {

// Takes the records of a trail of any length one by one.
class Verifier {
 public:
  // Goes on from a trail that is believed; from an empty one everything is looked at.
  explicit Verifier(Trail from = {}, std::optional<Hash> noted_head = std::nullopt);

  void add(const Event& event);
  // Behind the event that it is of.
  void add(const Snapshot& snapshot);

  // The first that is wrong. Once something is, what is added only serves to say what it was.
  [[nodiscard]] std::optional<Flaw> flaw() const;
  // Up to the first flaw.
  [[nodiscard]] const Trail& trail() const { return trail_; }
  // The event with the noted head, once it has come.
  [[nodiscard]] std::optional<Sequence> noted() const { return noted_; }

 private:
  void look_for_head();
  void suspect(const Event& event);
  void look_closer(const Event& event);

  Trail trail_;
  Sequence believed_;  // up to here nothing is looked at
  std::optional<Hash> noted_head_;
  std::optional<Sequence> noted_;
  std::optional<Flaw> flaw_;
  std::optional<Event> unlinked_;  // the latest event, with the right number and a wrong `previous`
};

// Events from the first one on.
[[nodiscard]] std::optional<Flaw> verify(std::span<const Event> events,
                                         std::optional<Hash> noted_head = std::nullopt);

}  // namespace lockstep::audit
