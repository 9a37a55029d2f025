#include "sim/predict/beat_source.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/check.hpp"

namespace lockstep::sim {
namespace {

using predict::Beat;

constexpr Ratio spike{1, 200}, loss{1, 100};
constexpr std::uint32_t latency_noise = 300, jitter_noise = 500;  // sigma, thousandths
constexpr std::array<std::int64_t, 4> latencies_ms = {50, 100, 200, 500};
constexpr std::array<std::int64_t, 4> jitters_ms = {10, 20, 40, 80};
constexpr std::array<std::int64_t, 4> cpus_permille = {600, 700, 850, 950};
constexpr std::int64_t full_memory = 990;  // per mille, where the kernel kills

// A step that stays within bounds.
std::int64_t wander(Random& random, std::int64_t from, std::int64_t step, std::int64_t low,
                    std::int64_t high) {
  return std::clamp(from + random.between(-step, step), low, high);
}

}  // namespace

BeatSource::BeatSource(Duration interval, std::uint64_t seed)
    : interval_(interval),
      random_(mix_seed(seed, 0xBEA7)),
      cpu_(random_.between(200, 500)),
      memory_(random_.between(300, 600)),
      memory_home_(memory_) {}

void BeatSource::fall_ill(Ailment ailment) {
  check(!ailment_, "a node has one ailment");
  ailment_ = ailment;
  leak_ = random_.between(3, 20);
}

std::optional<TimedBeat> BeatSource::next() {
  for (;;) {
    now_ = now_ + interval_;
    if (crash_ && now_ >= *crash_) return std::nullopt;
    Beat beat = healthy();
    if (ailment_) show_symptom(beat);
    if (crash_ && now_ >= *crash_) return std::nullopt;
    if (random_.chance(loss)) {
      ++missed_;
      continue;
    }
    beat.missed = std::exchange(missed_, 0);
    heard_ = std::max(heard_, now_ + beat.latency);  // none overtakes another
    return TimedBeat{heard_, beat};
  }
}

Beat BeatSource::healthy() {
  Beat beat;
  beat.latency = random_.lognormal(milliseconds(20), latency_noise);
  beat.jitter = random_.lognormal(milliseconds(2), jitter_noise);
  if (random_.chance(spike)) {
    beat.latency = beat.latency * random_.between(5, 20);
    beat.jitter = beat.jitter + beat.latency / 2;
  }
  cpu_ = wander(random_, cpu_, 40, 200, 500);
  memory_ = wander(random_, memory_, 3, memory_home_ - 50, memory_home_ + 50);
  beat.cpu_permille = static_cast<std::uint32_t>(cpu_);
  beat.memory_permille = static_cast<std::uint32_t>(memory_);
  return beat;
}

void BeatSource::show_symptom(Beat& beat) {
  const std::size_t stage = std::min<std::size_t>(symptoms_++, latencies_ms.size() - 1);
  switch (*ailment_) {
    case Ailment::rising_latency:
      beat.latency = random_.lognormal(milliseconds(latencies_ms[stage]), latency_noise);
      break;
    case Ailment::cpu_spiral:
      beat.cpu_permille =
          static_cast<std::uint32_t>(cpus_permille[stage] + random_.between(-20, 20));
      break;
    case Ailment::growing_jitter:
      beat.jitter = random_.lognormal(milliseconds(jitters_ms[stage]), jitter_noise);
      break;
    case Ailment::memory_leak: return leak(beat);
  }
  if (symptoms_ == latencies_ms.size())
    crash_ = now_ + interval_ + random_.between(Duration(1), interval_);
}

void BeatSource::leak(Beat& beat) {
  memory_home_ += leak_;
  memory_ += leak_;
  beat.memory_permille = static_cast<std::uint32_t>(std::min(memory_, full_memory));
  if (memory_ >= full_memory) crash_ = now_;
}

}  // namespace lockstep::sim
