#include "core/base/record_shares.hpp"

#include "core/base/check.hpp"

namespace lockstep {

void RecordShares::wrote(std::size_t side, std::size_t count) {
  if (count == 0) return;
  issued_ = RecordSeq(issued_.value() + count);
  own_[side] = RecordSeq(own_[side].value() + count);
  if (!runs_.empty() && runs_.back().side == side) {
    runs_.back().last = issued_;
    runs_.back().own = own_[side];
  } else {
    runs_.push_back({side, issued_, own_[side]});
  }
}

RecordShares::Told RecordShares::persisted(RecordSeq upto) {
  check(upto <= issued_, "what is durable was written");
  const auto before = durable_;
  while (!runs_.empty()) {
    const Run& run = runs_.front();
    const std::uint64_t left = run.last > upto ? run.last.value() - upto.value() : 0;
    // A run begins where the one before it ends; of one that has not begun nothing is durable.
    const std::uint64_t held = run.own.value() - durable_[run.side].value();
    if (left >= held) break;
    durable_[run.side] = RecordSeq(run.own.value() - left);
    if (left > 0) break;
    runs_.pop_front();
  }
  Told told;
  for (std::size_t side = 0; side < told.size(); ++side) {
    if (durable_[side] != before[side]) told[side] = durable_[side];
  }
  return told;
}

}  // namespace lockstep
