// Made-up heartbeats of one node: healthy noise, and four ways to fail on top of it.
//
//   healthy          latency log-normal about 20 ms, jitter about 2 ms, one beat in 200 five to
//                    twenty times as late; CPU wanders within 20..50 %, memory by a few percent;
//                    one beat in 100 gets lost
//   rising_latency   50, 100, 200, 500 ms with the usual noise, then the crash
//   cpu_spiral       60, 70, 85, 95 %, then the crash
//   growing_jitter   10, 20, 40, 80 ms, then the crash
//   memory_leak      0.3 to 2 % more with each beat; the crash where 99 % would be reached
//
// The crash comes one to two beats after the last named value, which a beat in between repeats. The
// same seed gives the same beats.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/random.hpp"
#include "core/base/time.hpp"
#include "core/predict/beat.hpp"

namespace lockstep::sim {

enum class Ailment : std::uint8_t { rising_latency, cpu_spiral, growing_jitter, memory_leak };
constexpr std::string_view name_of(Ailment ailment) {
  switch (ailment) {
    case Ailment::rising_latency: return "rising_latency";
    case Ailment::cpu_spiral: return "cpu_spiral";
    case Ailment::growing_jitter: return "growing_jitter";
    case Ailment::memory_leak: return "memory_leak";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Ailment) { return 4; }
constexpr std::size_t ailments = enumerator_count(Ailment{});
// A warning, or a hand-over, that long before the crash is early enough: leads are told up to it.
constexpr Duration longest_lead = seconds(30);

struct TimedBeat {
  Instant at;
  predict::Beat beat;
};

class BeatSource {
 public:
  BeatSource(Duration interval, std::uint64_t seed);

  // From the next beat on. REQUIRES: healthy so far.
  void fall_ill(Ailment ailment);
  // The next beat that arrives; none once the node has crashed.
  [[nodiscard]] std::optional<TimedBeat> next();
  // Known once it has come so close that no further symptom precedes it.
  [[nodiscard]] std::optional<Instant> crash() const { return crash_; }

 private:
  [[nodiscard]] predict::Beat healthy();
  void show_symptom(predict::Beat& beat);
  void leak(predict::Beat& beat);

  Duration interval_;
  Random random_;
  Instant now_;                // when the latest beat was sent
  Instant heard_;              // when the latest one arrived
  std::int64_t cpu_, memory_;  // per mille
  std::int64_t memory_home_;   // what healthy memory wanders about
  std::uint32_t missed_ = 0;   // beats lost since one arrived
  std::optional<Ailment> ailment_;
  std::size_t symptoms_ = 0;  // beats since it fell ill
  std::int64_t leak_ = 0;     // per mille a beat
  std::optional<Instant> crash_;
};

}  // namespace lockstep::sim
