// What an operator or a scenario may choose about failure prediction. Defaults suit heartbeats of
// 0.5 to 5 s between machines that usually answer in some ten milliseconds.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.hpp"
#include "core/predict/isolation_forest.hpp"

namespace lockstep::predict {

inline constexpr std::uint32_t most_trend_beats = 32;

struct Config {
  std::uint32_t window = 256;  // beats remembered: what is usual is learnt from these; <= 4096
  // Beats, trend_beats to a window; the first training waits for as many.
  std::uint32_t retrain_every = 50;
  // Samples of half the window differ from tree to tree, and cost half as much.
  ForestShape forest = {.trees = 100, .sample = 128, .height_limit = {}};

  std::uint32_t trend_beats = 6;   // the latest, that trends are taken of; 4..32
  Duration horizon = seconds(30);  // how far ahead a trend is drawn, and no further than it is long

  // A forecast is harmless up to `calm` and a failure at `limit`; 0 <= calm < limit.
  Duration latency_calm = milliseconds(100);
  Duration latency_limit = milliseconds(500);
  Duration jitter_calm = milliseconds(20);
  Duration jitter_limit = milliseconds(100);
  std::uint32_t cpu_calm_permille = 700;
  std::uint32_t cpu_limit_permille = 950;  // <= 1000
  std::uint32_t memory_calm_permille = 850;
  std::uint32_t memory_limit_permille = 950;  // <= 1000
  std::uint32_t missed_limit = 3;             // in the latest three beats; > 0

  // Anomaly scores of the forest, per mille: from where on they count, and where they say most. The
  // paper's section 2: well below 500 is usual, close to 1000 is surely not.
  std::uint32_t anomaly_from_permille = 600;
  std::uint32_t anomaly_full_permille = 750;
  // How probable a failure is at most for a beat that is only unusual. Below `alarm`, so that one
  // odd beat hands nothing over.
  std::uint32_t anomaly_weight_permille = 500;

  std::uint32_t alarm_permille = 700;  // a probability above it calls for a hand-over; < 1000

  friend bool operator==(const Config&, const Config&) = default;
};

// What is wrong with a configuration, or nothing: whoever reads one from a file or a user asks
// before building a predictor, because the predictor only check()s it.
[[nodiscard]] std::string_view refusal(const Config& config);

}  // namespace lockstep::predict
