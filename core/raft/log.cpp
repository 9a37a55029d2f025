#include "core/raft/log.hpp"

#include <algorithm>
#include <utility>

#include "core/base/check.hpp"

namespace lockstep::raft {

Term Log::term_at(LogIndex index) const {
  check(holds(index), "a term is asked of an entry the log holds");
  return index == LogIndex{} ? Term{} : entries_[index.value() - 1].term;
}

const Entry& Log::entry(LogIndex index) const {
  check(LogIndex{} < index && holds(index), "an entry asked for is in the log");
  return entries_[index.value() - 1];
}

std::span<const Entry> Log::slice(LogIndex first, std::size_t count) const {
  check(LogIndex{} < first && first <= last_index().next(), "a slice starts in the log");
  const std::size_t start = first.value() - 1;
  return {entries_.data() + start, std::min(count, entries_.size() - start)};
}

std::size_t Log::count_agreeing(LogIndex prev, std::span<const Entry> entries) const {
  check(holds(prev), "entries are compared where the log reaches");
  const std::size_t start = prev.value();
  const std::size_t shared = std::min(entries.size(), entries_.size() - start);
  std::size_t agreeing = 0;
  while (agreeing < shared && entries_[start + agreeing].term == entries[agreeing].term) ++agreeing;
  return agreeing;
}

LogIndex Log::newest_not_above(LogIndex index, Term term) const {
  const auto end =
      entries_.begin() + static_cast<std::ptrdiff_t>(std::min(index, last_index()).value());
  const auto above = std::partition_point(entries_.begin(), end,
                                          [term](const Entry& e) { return e.term <= term; });
  return LogIndex(static_cast<std::uint64_t>(above - entries_.begin()));
}

std::uint64_t Log::bytes_between(LogIndex after, LogIndex upto) const {
  check(after <= upto && holds(upto), "a stretch of the log lies in the log");
  const auto bytes_to = [this](LogIndex i) { return i == LogIndex{} ? 0 : ends_[i.value() - 1]; };
  return bytes_to(upto) - bytes_to(after);
}

std::size_t Log::count_within(LogIndex after, std::size_t count, std::uint64_t bytes) const {
  check(count > 0 && after.value() + count <= entries_.size(), "a batch lies in the log");
  std::size_t within = 1;
  while (within < count && bytes_between(after, LogIndex(after.value() + within + 1)) <= bytes) {
    ++within;
  }
  return within;
}

void Log::append(Entry entry) {
  check(entry.term >= last_term(), "terms never fall along the log");
  ends_.push_back(total_bytes() + size_in_bytes(entry));
  entries_.push_back(std::move(entry));
}

void Log::truncate_from(LogIndex from) {
  check(LogIndex{} < from && from <= last_index().next(), "a truncation starts in the log");
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(from.value() - 1), entries_.end());
  ends_.resize(entries_.size());
}

}  // namespace lockstep::raft
