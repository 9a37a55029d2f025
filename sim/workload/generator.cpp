#include "sim/workload/generator.hpp"

#include <algorithm>
#include <string_view>

namespace lockstep::sim {

Generator::Generator(const Workload& workload, Instant end, std::uint64_t seed)
    : workload_(&workload),
      end_(workload.stop ? std::min(*workload.stop, end) : end),
      random_(seed),
      known_(workload.keys) {
  for (const auto& [verb, weight] : workload.mix) total_weight_ += weight;
}

std::string Generator::value(std::uint64_t id) const {
  std::string text = "v" + std::to_string(id);
  if (text.size() < workload_->value_bytes) text.append(workload_->value_bytes - text.size(), '.');
  return text;
}

HistoryOperation Generator::draw() {
  check(total_weight_ > 0 && workload_->keys > 0, "the workload names operations and keys");
  ++made_;
  HistoryOperation operation;
  operation.id = ++last_id_;
  auto rest = static_cast<std::uint32_t>(random_.below(total_weight_));
  for (const auto& [verb, weight] : workload_->mix) {
    if (rest < weight) {
      operation.verb = verb;
      break;
    }
    rest -= weight;
  }
  const std::size_t key = random_.below(workload_->keys);
  if (operation.verb != "post") operation.key = "k" + std::to_string(key + 1);
  if (operation.verb != "get" && operation.verb != "delete") operation.value = value(operation.id);
  if (operation.verb == "cas") operation.expected = known_[key];
  return operation;
}

HistoryOperation Generator::scripted(const Operation& script) {
  HistoryOperation operation;
  operation.id = ++last_id_;
  operation.verb = script.verb;
  operation.key = script.key;
  operation.value = script.value;
  if (script.verb == "cas") operation.expected = script.expected;
  return operation;
}

void Generator::learnt(const HistoryOperation& operation) {
  if (operation.outcome != HistoryOperation::Outcome::ok || !operation.key.starts_with('k')) return;
  std::size_t key = 0;
  for (const char digit : std::string_view(operation.key).substr(1)) {
    if (digit < '0' || digit > '9') return;
    key = key * 10 + static_cast<std::size_t>(digit - '0');
    if (key == 0 || key > known_.size()) return;
  }
  if (key == 0) return;
  auto& known = known_[key - 1];
  if (operation.verb == "get") known = operation.found;
  if (operation.verb == "put" || (operation.verb == "cas" && operation.swapped))
    known = operation.value;
  if (operation.verb == "delete") known.reset();
}

bool Generator::may_make(Instant now) const {
  return now < end_ && (!workload_->operations || made_ < *workload_->operations);
}

std::optional<Instant> Generator::next_arrival(Instant now) {
  if (!workload_->rate || !may_make(now)) return std::nullopt;
  const Ratio rate = *workload_->rate;
  const Duration mean(
      static_cast<std::int64_t>(1'000'000'000ull * rate.denominator / rate.numerator));
  const Instant at = std::max(now, workload_->start) + random_.exponential(mean);
  if (at >= end_) return std::nullopt;
  return at;
}

}  // namespace lockstep::sim
