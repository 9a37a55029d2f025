// What a heartbeat tells about its sender, and how much of it is remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/describe.hpp"
#include "core/base/time.hpp"

namespace lockstep::predict {

// Measured by the receiver or told by the sender. Values a peer cannot mean (negative times, above
// 1000 per mille) count as the nearest that it can.
struct Beat {
  Duration latency;                   // from sending to arrival
  Duration jitter;                    // how far from its time the beat came
  std::uint32_t cpu_permille = 0;     // of the sender's capacity
  std::uint32_t memory_permille = 0;  // of the sender's capacity
  std::uint32_t missed = 0;           // beats that should have come since the one before
  static constexpr std::string_view name = "beat";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("latency", self.latency);
    visit("jitter", self.jitter);
    visit("cpu", self.cpu_permille);
    visit("memory", self.memory_permille);
    visit("missed", self.missed);
  }
  friend bool operator==(const Beat&, const Beat&) = default;
};

// The attributes of a beat, in the order of the forest's rows; `none` says that no one is meant.
enum class Vital : std::uint8_t { latency, jitter, cpu, memory, missed, none };
constexpr std::string_view name_of(Vital vital) {
  switch (vital) {
    case Vital::latency: return "latency";
    case Vital::jitter: return "jitter";
    case Vital::cpu: return "cpu";
    case Vital::memory: return "memory";
    case Vital::missed: return "missed";
    case Vital::none: return "none";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Vital) { return 6; }

inline constexpr std::size_t vitals = 5;   // attributes of a row
inline constexpr std::size_t trended = 4;  // the first of them, whose trends are followed

// Times on a scale of ratios, where noise is even: 1024 units an octave above 1 us, and 0 below.
[[nodiscard]] std::int64_t octaves(Duration duration);

}  // namespace lockstep::predict
