// Rehearsals of the failure predictor: is a crash foreseen, how long before, and how often is a
// healthy node suspected? For tests and for `lockstep bench predict`.
#pragma once

#include <cstdint>
#include <optional>

#include "core/predict/config.hpp"
#include "sim/predict/beat_source.hpp"

namespace lockstep::sim {

struct Rehearsal {
  std::optional<Duration> lead;  // from the first alarm after the onset to the crash; none: missed
  Duration illness;              // from the first symptom to the crash: no lead is longer
  std::uint64_t early_alarms = 0;  // before the onset, each counted when it begins
};
// A healthy node for some 60 to 400 beats, then the ailment until it crashes.
[[nodiscard]] Rehearsal rehearse(const predict::Config& config, Ailment ailment, Duration interval,
                                 std::uint64_t seed);

struct QuietWatch {
  std::uint64_t beats = 0;
  std::uint64_t alarms = 0;         // each counted when it begins
  std::uint64_t alarmed_beats = 0;  // all that said so
};
// A node that stays healthy.
[[nodiscard]] QuietWatch watch_healthy(const predict::Config& config, Duration watched,
                                       Duration interval, std::uint64_t seed);

}  // namespace lockstep::sim
