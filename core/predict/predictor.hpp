// FailurePredictor: how probable is it that the sender of these heartbeats fails soon?
//
// Three judges look at each beat. The trend judge draws latency, jitter, CPU and memory ahead along
// the median of the slopes between any two of the latest beats (Theil 1950; Sen 1968), from the
// level that three of the latest four beats reach. The anomaly judge asks an Isolation Forest how
// unlike the window's beats this one is. The limit judge says 1000 once three of the latest four
// beats reach a limit. Whoever believes in a failure is believed: 1 - (1-trend) (1-anomaly)
// (1-limits).
//
// Promises: no trend from fewer than three of the latest four beats above 95 of 100 in the window;
// so after calm beats one alone, whatever it says, is no alarm, unless it tells of `missed_limit`
// missed ones.
// The same beats and seed give the same assessments on every platform.
// Refuses: to tell a silent node from a dead one. Who sends nothing is not observed: that is the
// failure detector's part. Until the first `retrain_every` beats only limits speak.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/random.hpp"
#include "core/base/time.hpp"
#include "core/predict/beat.hpp"
#include "core/predict/config.hpp"
#include "core/predict/isolation_forest.hpp"

namespace lockstep::predict {

// All in per mille.
struct Assessment {
  std::uint32_t probability = 0;  // of a failure within the horizon; the parts combined
  std::uint32_t trend = 0;
  Vital rising = Vital::none;  // whose trend it is, if it is above 0
  std::uint32_t anomaly = 0;   // at most the configured weight
  std::uint32_t limits = 0;    // 0 or 1000
  static constexpr std::string_view name = "assessment";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("probability", self.probability);
    visit("trend", self.trend);
    visit("rising", self.rising);
    visit("anomaly", self.anomaly);
    visit("limits", self.limits);
  }
  friend bool operator==(const Assessment&, const Assessment&) = default;
};

class FailurePredictor {
 public:
  // REQUIRES: refusal(config) is empty.
  FailurePredictor(const Config& config, std::uint64_t seed);

  // A beat came at `now`, on the receiver's clock.
  void observe(Instant now, const Beat& beat);

  // Of the beat observed last; all 0 before the first.
  [[nodiscard]] const Assessment& assessment() const { return assessment_; }
  [[nodiscard]] bool alarmed() const { return assessment_.probability > config_.alarm_permille; }
  // Beats in the window.
  [[nodiscard]] std::size_t size() const { return sent_.size(); }
  [[nodiscard]] const IsolationForest& forest() const { return forest_; }

  friend bool operator==(const FailurePredictor&, const FailurePredictor&) = default;

 private:
  void remember(Instant now, const Beat& beat);
  void retrain();
  // The place of the beat that came `back` beats before the latest.
  [[nodiscard]] std::size_t place(std::size_t back) const;
  [[nodiscard]] std::int64_t value(std::size_t vital, std::size_t back) const;

  void judge_trends();
  [[nodiscard]] std::int64_t forecast(std::size_t vital) const;
  [[nodiscard]] std::uint32_t judge_anomaly() const;
  [[nodiscard]] std::uint32_t judge_limits() const;

  struct Bound {
    std::int64_t calm, limit;
    friend bool operator==(const Bound&, const Bound&) = default;
  };

  Config config_;
  std::array<Bound, trended> bounds_;  // of the config, on the scale of the rows
  Random random_;
  std::vector<Instant> sent_;                  // a ring once it holds a window
  std::vector<std::int64_t> rows_;             // the same beats, `vitals` values each
  std::size_t next_ = 0;                       // place of the next beat
  std::uint32_t untrained_ = 0;                // beats since the latest training
  IsolationForest forest_;                     // of the latest training, as is the next
  std::array<std::int64_t, trended> usual_{};  // 95 of 100 beats were not above it
  Assessment assessment_;
};

}  // namespace lockstep::predict
