#include "core/fencing/resource.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::fencing {

Resource::Resource(Limits limits) : limits_(limits) {
  check(limits.keys > 0, "a resource has room for a key");
}

Verdict Resource::accept(RecordSeq at, const Action& action) {
  check(writes_.empty() || writes_.back().record < at, "records are numbered in order");
  if (action.token.none()) return Refused{Refusal::no_token, seen_};
  if (action.token < seen_) return Refused{Refusal::old_token, seen_};
  if (limits_.bytes < action.key.size() + action.value.size())
    return Refused{Refusal::too_long, seen_};
  if (!has_room_for(action.key)) return Refused{Refusal::full, seen_};
  seen_ = action.token;
  writes_.push_back({at, action});
  return Accepted{action};
}

void Resource::persisted(RecordSeq upto) {
  auto done = writes_.begin();
  for (; done != writes_.end() && done->record <= upto; ++done) apply(done->action);
  writes_.erase(writes_.begin(), done);
}

bool Resource::restore(std::span<const Action> records) {
  check(seen_.none(), "a resource is restored before it acts");
  Token before;
  for (const Action& record : records) {
    if (record.token.none() || record.token < before) return false;
    before = record.token;
  }
  for (const Action& record : records) apply(record);
  seen_ = durable_;
  return true;
}

bool Resource::has_room_for(const std::string& key) const {
  if (kept_.contains(key)) return true;
  std::vector<std::string> coming;  // keys that are on their way to the disk for the first time
  for (const Write& write : writes_) {
    if (write.action.key == key) return true;
    if (!kept_.contains(write.action.key)) coming.push_back(write.action.key);
  }
  std::sort(coming.begin(), coming.end());
  coming.erase(std::unique(coming.begin(), coming.end()), coming.end());
  return kept_.size() + coming.size() < limits_.keys;
}

void Resource::apply(const Action& action) {
  kept_[action.key] = {action.value, action.token};
  durable_ = action.token;
}

}  // namespace lockstep::fencing
