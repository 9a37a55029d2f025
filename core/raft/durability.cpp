#include "core/raft/durability.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::raft {
namespace {

bool same_promise(const Owed& a, const Owed& b) {
  const auto* one = std::get_if<AppendAccepted>(&a.answer);
  const auto* other = std::get_if<AppendAccepted>(&b.answer);
  return a.record == b.record && a.to == b.to && one && other && one->term == other->term;
}

}  // namespace

void Durability::wrote(Instant now, LogIndex last, bool vote) {
  ++written_;
  if (vote) vote_ = written_;
  writes_.push_back({written_, last, now});
}

std::optional<Instant> Durability::waits_since() const {
  if (writes_.empty()) return std::nullopt;
  return writes_.front().since;
}

void Durability::truncated(LogIndex from) {
  check(LogIndex{} < from, "a truncation starts in the log");
  const LogIndex kept = from.previous();
  log_ = std::min(log_, kept);
  for (Write& write : writes_) write.last = std::min(write.last, kept);
}

bool Durability::persisted(RecordSeq upto) {
  if (upto <= durable_ || written_ < upto) return false;
  durable_ = upto;
  auto done = writes_.begin();
  for (; done != writes_.end() && done->record <= upto; ++done) log_ = std::max(log_, done->last);
  writes_.erase(writes_.begin(), done);
  return true;
}

void Durability::owe(Owed owed) {
  check(owed_.empty() || owed_.back().record <= owed.record, "answers are owed in order");
  // Repeated appends must not pile up answers while the disk is slow: one says it all.
  if (!owed_.empty() && same_promise(owed_.back(), owed)) {
    auto& earlier = std::get<AppendAccepted>(owed_.back().answer);
    const auto& later = std::get<AppendAccepted>(owed.answer);
    earlier.match = std::max(earlier.match, later.match);
    earlier.round = std::max(earlier.round, later.round);
    return;
  }
  owed_.push_back(owed);
}

}  // namespace lockstep::raft
