#include "core/fencing/lease.hpp"

#include <algorithm>
#include <cstdint>

#include "core/base/check.hpp"

namespace lockstep::fencing {
namespace {

// What the ratio of the length comes to, rounded up; in two parts, so that no product overflows.
Duration margin(Duration length, Ratio drift) {
  const auto whole = static_cast<std::uint64_t>(length.ns());
  const std::uint64_t rest = whole % drift.denominator * drift.numerator;
  const std::uint64_t up = (rest + drift.denominator - 1) / drift.denominator;
  return Duration(static_cast<std::int64_t>(whole / drift.denominator * drift.numerator + up));
}

}  // namespace

std::string_view refusal(const LeaseConfig& config) {
  if (config.length <= Duration(0)) return "length must be above 0; try \"30 s\"";
  if (seconds(86'400) < config.length) return "length must be at most 24 h";
  if (config.renew_every <= Duration(0)) return "renew_every must be above 0; try \"10 s\"";
  if (config.drift.denominator <= config.drift.numerator)
    return "drift must be below 1; \"1/100\" is far more than clocks drift";
  if (usable(config) <= config.renew_every)
    return "renew_every must be below the length less its margin, or the lease lapses before it is "
           "renewed; a third of the length is usual";
  return {};
}

Duration usable(const LeaseConfig& config) {
  return config.length - margin(config.length, config.drift);
}

Lease::Lease(LeaseConfig config) : config_(config) {
  check(refusal(config).empty(), "the lease can be kept");
}

Renewal Lease::requested(Instant now) {
  check(sent_ <= now || newest_ == Renewal{}, "time does not go back");
  // Rounds that would end by now are of no use any more.
  const auto useful = std::find_if(rounds_.begin(), rounds_.end(), [&](const auto& round) {
    return now < round.second + usable(config_);
  });
  rounds_.erase(rounds_.begin(), useful);
  ++newest_;
  sent_ = now;
  rounds_.emplace_back(newest_, now);
  return newest_;
}

std::optional<Instant> Lease::renew_at() const {
  if (newest_ == Renewal{}) return std::nullopt;
  return sent_ + config_.renew_every;
}

// True when the answer is news.
bool Lease::note(Renewal round, NodeId member) {
  if (newest_ < round || round == Renewal{}) return false;
  Renewal& answered = answers_[member];
  if (round <= answered) return false;
  answered = round;
  return true;
}

std::vector<NodeId> Lease::answered(Renewal round) const {
  std::vector<NodeId> members;
  for (const auto& [member, newest] : answers_)
    if (round <= newest) members.push_back(member);
  return members;
}

void Lease::extend(std::size_t round) {
  until_ = rounds_[round].second + usable(config_);
  rounds_.erase(rounds_.begin(), rounds_.begin() + static_cast<std::ptrdiff_t>(round) + 1);
}

}  // namespace lockstep::fencing
