#include "core/audit/verify.hpp"

#include <utility>

namespace lockstep::audit {

Verifier::Verifier(Trail from, std::optional<Hash> noted_head)
    : trail_(std::move(from)), believed_(trail_.last()), noted_head_(noted_head) {
  look_for_head();
}

void Verifier::add(const Event& event) {
  if (flaw_) return look_closer(event);
  if (!trail_.followed_by(event)) return suspect(event);
  trail_.take(event);
  look_for_head();
}

void Verifier::add(const Snapshot& snapshot) {
  if (!flaw_ && !(snapshot == trail_.snapshot()))
    flaw_ = Flaw{Wrong::other_snapshot, snapshot.sequence};
}

std::optional<Flaw> Verifier::flaw() const {
  if (flaw_) return flaw_;
  if (noted_head_ && !noted_) return Flaw{Wrong::other_head, trail_.last()};
  return std::nullopt;
}

void Verifier::look_for_head() {
  if (noted_head_ == trail_.head()) noted_ = trail_.last();
}

// The first event that does not follow: by its number, its link or both.
void Verifier::suspect(const Event& event) {
  const Sequence next = trail_.last().next();
  if (event.previous == trail_.head()) {
    flaw_ = Flaw{Wrong::changed, next};  // nothing but its number is wrong
  } else if (event.sequence == next) {
    // One broken link: most likely the event before it was changed, if that is looked at.
    flaw_ = trail_.last() == believed_ ? Flaw{Wrong::foreign, next}
                                       : Flaw{Wrong::changed, trail_.last()};
    unlinked_ = event;
  } else if (event.sequence > next) {
    flaw_ = Flaw{Wrong::dropped, next};
  } else {
    flaw_ = Flaw{Wrong::reordered, event.sequence};  // it was here before
  }
}

void Verifier::look_closer(const Event& event) {
  if (unlinked_) {
    // With both its links broken, the event is the odd one.
    if (event.previous != hash_of(*unlinked_)) flaw_ = Flaw{Wrong::foreign, unlinked_->sequence};
    unlinked_.reset();
  } else if (flaw_->wrong == Wrong::dropped && event.sequence == flaw_->at) {
    flaw_->wrong = Wrong::reordered;  // it is not missing
  }
}

std::optional<Flaw> verify(std::span<const Event> events, std::optional<Hash> noted_head) {
  Verifier verifier({}, noted_head);
  for (const Event& event : events) verifier.add(event);
  return verifier.flaw();
}

}  // namespace lockstep::audit
