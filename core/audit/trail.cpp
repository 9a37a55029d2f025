#include "core/audit/trail.hpp"

#include <utility>

#include "core/audit/verify.hpp"
#include "core/base/check.hpp"

namespace lockstep::audit {

Event Trail::append(Instant at, What what) {
  if (const auto* caught = std::get_if<ByzantineDetected>(&what))
    check(caught->offence.size() <= ByzantineDetected::longest_offence,
          "the name of an offence is short");
  Event event{.sequence = last().next(), .at = at, .what = std::move(what), .previous = head()};
  take(event);
  return event;
}

std::optional<Snapshot> Trail::due() const {
  const bool now = last() != Sequence() && last().value() % snapshot_interval == 0;
  return now ? std::optional(now_) : std::nullopt;
}

bool Trail::followed_by(const Event& event) const {
  return event.sequence == last().next() && event.previous == head();
}

void Trail::take(const Event& event) {
  check(followed_by(event), "a trail takes its own events in order");
  now_.sequence = event.sequence;
  now_.head = hash_of(event);
  apply(event, now_.state);
  if (recent_.size() == most_recent) recent_.erase(recent_.begin());
  recent_.push_back(event);
}

std::variant<Trail, Flaw> restore(std::span<const Record> records) {
  std::size_t first = records.size();
  while (first > 0 && !std::holds_alternative<Snapshot>(records[first - 1])) --first;
  Verifier verifier(first > 0 ? Trail(std::get<Snapshot>(records[first - 1])) : Trail());
  for (const Record& record : records.subspan(first)) verifier.add(std::get<Event>(record));
  if (const auto flaw = verifier.flaw()) return *flaw;
  return verifier.trail();
}

}  // namespace lockstep::audit
