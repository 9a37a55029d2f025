#include "core/predict/predictor.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::predict {
namespace {

constexpr std::uint32_t certain = 1000;
constexpr std::size_t usual_percent = 95;
constexpr Duration longest_latency = seconds(3600);

// 0 up to `low`, 1000 from `high` on, straight between.
std::uint32_t ramp(std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value <= low) return 0;
  if (value >= high) return certain;
  return static_cast<std::uint32_t>((value - low) * certain / (high - low));
}

// Of two independent reasons one holds.
std::uint32_t either(std::uint32_t a, std::uint32_t b) {
  return certain - (certain - a) * (certain - b) / certain;
}

}  // namespace

std::int64_t octaves(Duration duration) {
  const Duration floor = microseconds(1);
  const auto log2_q10 = [](Duration d) {
    return (std::int64_t{64} << 10) -
           static_cast<std::int64_t>(minus_log2_q32(static_cast<std::uint64_t>(d.ns())) >> 22);
  };
  return duration <= floor ? 0 : log2_q10(duration) - log2_q10(floor);
}

FailurePredictor::FailurePredictor(const Config& config, std::uint64_t seed)
    : config_(config),
      bounds_{Bound{octaves(config.latency_calm), octaves(config.latency_limit)},
              Bound{octaves(config.jitter_calm), octaves(config.jitter_limit)},
              Bound{config.cpu_calm_permille, config.cpu_limit_permille},
              Bound{config.memory_calm_permille, config.memory_limit_permille}},
      random_(seed) {
  check(refusal(config).empty(), "a predictor's configuration was not refused");
}

void FailurePredictor::observe(Instant now, const Beat& beat) {
  remember(now, beat);
  assessment_ = {};
  judge_trends();
  assessment_.anomaly = judge_anomaly();
  assessment_.limits = judge_limits();
  assessment_.probability =
      either(either(assessment_.trend, assessment_.anomaly), assessment_.limits);
  // After the judgement, so that no beat is judged by what was learnt from it.
  if (++untrained_ >= config_.retrain_every) retrain();
}

// By the time of sending: late beats come bunched, and a slope between two of those would be steep.
void FailurePredictor::remember(Instant now, const Beat& beat) {
  const Instant sent = now - std::clamp(beat.latency, Duration(0), longest_latency);
  const std::array<std::int64_t, vitals> row = {
      octaves(beat.latency), octaves(beat.jitter), std::min(beat.cpu_permille, certain),
      std::min(beat.memory_permille, certain), beat.missed};
  if (size() < config_.window) {
    sent_.push_back(sent);
    rows_.insert(rows_.end(), row.begin(), row.end());
  } else {
    sent_[next_] = sent;
    std::copy(row.begin(), row.end(), rows_.begin() + static_cast<std::ptrdiff_t>(next_ * vitals));
  }
  next_ = (next_ + 1) % config_.window;
}

void FailurePredictor::retrain() {
  forest_ = IsolationForest(Rows{rows_, vitals}, config_.forest, random_);
  untrained_ = 0;
  std::vector<std::int64_t> column(size());
  for (std::size_t vital = 0; vital < trended; ++vital) {
    for (std::size_t beat = 0; beat < size(); ++beat) column[beat] = rows_[beat * vitals + vital];
    const auto rank = static_cast<std::ptrdiff_t>((size() - 1) * usual_percent / 100);
    std::nth_element(column.begin(), column.begin() + rank, column.end());
    usual_[vital] = column[static_cast<std::size_t>(rank)];
  }
}

std::size_t FailurePredictor::place(std::size_t back) const {
  return (next_ + config_.window - 1 - back) % config_.window;
}

std::int64_t FailurePredictor::value(std::size_t vital, std::size_t back) const {
  return rows_[place(back) * vitals + vital];
}

void FailurePredictor::judge_trends() {
  if (forest_.empty()) return;  // what is usual is not known yet
  for (std::size_t vital = 0; vital < trended; ++vital) {
    const Bound bound = bounds_[vital];
    const std::uint32_t trend = ramp(forecast(vital), bound.calm, bound.limit);
    if (trend <= assessment_.trend) continue;
    assessment_.trend = trend;
    assessment_.rising = static_cast<Vital>(vital);
  }
}

// Where the vital will be at the horizon. Up to what is usual it stays where it is, and a fall is
// not drawn ahead. A beat may happen to come just in time, which is many octaves below the others
// and says nothing: a rise of the jitter counts from what is usual.
std::int64_t FailurePredictor::forecast(std::size_t vital) const {
  std::array<std::int64_t, 4> latest = {value(vital, 0), value(vital, 1), value(vital, 2),
                                        value(vital, 3)};
  std::sort(latest.begin(), latest.end());
  const std::int64_t level = latest[1];
  if (level <= usual_[vital]) return level;

  const bool is_jitter = static_cast<Vital>(vital) == Vital::jitter;
  const std::int64_t floor = is_jitter ? usual_[vital] : 0;
  const auto raised = [&](std::size_t back) { return std::max(value(vital, back), floor); };
  const std::size_t beats = config_.trend_beats;
  const Duration length = sent_[place(0)] - sent_[place(beats - 1)];
  const std::int64_t ahead = std::min(config_.horizon, length).ns();
  std::array<std::int64_t, most_trend_beats*(most_trend_beats - 1) / 2> rises;  // by the horizon
  std::size_t pairs = 0;
  for (std::size_t late = 0; late < beats; ++late) {
    for (std::size_t early = late + 1; early < beats; ++early) {
      const std::int64_t apart = (sent_[place(late)] - sent_[place(early)]).ns();
      if (apart > 0) rises[pairs++] = (raised(late) - raised(early)) * ahead / apart;
    }
  }
  if (pairs == 0) return level;
  const auto middle = rises.begin() + static_cast<std::ptrdiff_t>((pairs - 1) / 2);
  std::nth_element(rises.begin(), middle, rises.begin() + static_cast<std::ptrdiff_t>(pairs));
  return level + std::max<std::int64_t>(*middle, 0);
}

std::uint32_t FailurePredictor::judge_anomaly() const {
  if (forest_.empty()) return 0;
  const std::uint64_t score =
      forest_.score_q32(std::span(rows_).subspan(place(0) * vitals, vitals));
  const auto permille = static_cast<std::int64_t>((score * certain) >> 32);
  return ramp(permille, config_.anomaly_from_permille, config_.anomaly_full_permille) *
         config_.anomaly_weight_permille / certain;
}

std::uint32_t FailurePredictor::judge_limits() const {
  const std::size_t latest = std::min<std::size_t>(size(), 4);
  std::int64_t missed = 0;
  for (std::size_t back = 0; back < std::min<std::size_t>(latest, 3); ++back)
    missed += value(static_cast<std::size_t>(Vital::missed), back);
  if (missed >= config_.missed_limit) return certain;
  for (std::size_t vital = 0; vital < trended; ++vital) {
    int reached = 0;
    for (std::size_t back = 0; back < latest; ++back)
      reached += value(vital, back) >= bounds_[vital].limit;
    if (reached >= 3) return certain;
  }
  return 0;
}

}  // namespace lockstep::predict
