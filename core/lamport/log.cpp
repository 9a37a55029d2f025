#include "core/lamport/log.hpp"

#include <algorithm>
#include <utility>

#include "core/base/check.hpp"

namespace lockstep::lamport {

std::vector<Number> Log::lasts() const {
  std::vector<Number> lasts;
  for (const Stream& stream : streams_) lasts.emplace_back(stream.entries.size());
  return lasts;
}

std::size_t Log::size() const {
  std::size_t sum = 0;
  for (const Stream& stream : streams_) sum += stream.entries.size();
  return sum;
}

const Log::Place* Log::find(const Origin& origin) const {
  const auto found = places_.find(origin);
  return found == places_.end() ? nullptr : &found->second;
}

void Log::accept(Entry entry) {
  std::vector<Entry>& entries = of(entry.stamp.node).entries;
  check(entry.number.value() == entries.size() + 1, "a stream has no gap");
  check(entries.empty() || entries.back().stamp < entry.stamp, "the stamps of a node ascend");
  highest_ = std::max(highest_, entry.stamp);
  places_.try_emplace(entry.origin, Place{entry.stamp, entry.number});
  entries.push_back(std::move(entry));
}

Log::Outcome Log::show(NodeId node, Number number) {
  check(number <= durable(node), "what is shown is durable");
  const Entry& entry = at(node, number);
  Place& place = places_.at(entry.origin);
  const Place next{entry.stamp, number, true};
  if (!place.shown) {
    place = next;
    order_.emplace(entry.stamp, number);
    return {entry.stamp, std::nullopt};
  }
  if (place.stamp < entry.stamp) return {place.stamp, entry.stamp};
  const Stamp dropped = place.stamp;
  order_.erase(dropped);
  order_.emplace(entry.stamp, number);
  place = next;
  return {entry.stamp, dropped};
}

}  // namespace lockstep::lamport
