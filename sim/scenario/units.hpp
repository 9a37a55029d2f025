// Values with units as texts: exact, in integers, or nothing. Durations are core/base/time.hpp's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "150..300 ms", "150 ms..2 s", or one duration for both ends; low <= high is the caller's to
// check.
[[nodiscard]] std::optional<DurationRange> parse_range(std::string_view text);
// "1/1000" or "0.1 %"; at most 1.
[[nodiscard]] std::optional<Ratio> parse_ratio(std::string_view text);
// "64 KiB": whole B, kB, MB, GB, KiB, MiB or GiB.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
// "50 /s", "0.5 /s", "90 /min": a ratio of operations and seconds, possibly above 1.
[[nodiscard]] std::optional<Ratio> parse_rate(std::string_view text);
// "1 Gbps", "2.5 Mbps": bps, kbps, Mbps or Gbps, as bits a second.
[[nodiscard]] std::optional<std::uint64_t> parse_bandwidth(std::string_view text);
// "200 ppm", "-200 ppm": whole millionths.
[[nodiscard]] std::optional<std::int32_t> parse_ppm(std::string_view text);
// "5 ms", "constant 5 ms", "uniform 1..5 ms", "exponential 5 ms", "lognormal 5 ms sigma 0.5"
// (sigma in thousandths, up to 5).
[[nodiscard]] std::optional<Latency> parse_latency(std::string_view text);

}  // namespace lockstep::sim
