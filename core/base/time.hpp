// Instant and Duration: int64 nanoseconds, the only time any machine knows.
//
// Instants count from the start of a run (simulator) or of a node's own monotonic clock (real
// node). Arithmetic that leaves int64 is a bug; 292 years fit.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

class Duration {
 public:
  constexpr Duration() = default;
  constexpr explicit Duration(std::int64_t nanoseconds) : ns_(nanoseconds) {}
  [[nodiscard]] constexpr std::int64_t ns() const { return ns_; }
  // For reports only; never for a decision.
  [[nodiscard]] constexpr double milliseconds() const { return static_cast<double>(ns_) / 1e6; }
  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(ns_) / 1e9; }

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return Duration(a.ns_ + b.ns_); }
  friend constexpr Duration operator-(Duration a, Duration b) { return Duration(a.ns_ - b.ns_); }
  friend constexpr Duration operator*(Duration a, std::int64_t k) { return Duration(a.ns_ * k); }
  friend constexpr Duration operator/(Duration a, std::int64_t k) { return Duration(a.ns_ / k); }

 private:
  std::int64_t ns_ = 0;
};

class Instant {
 public:
  constexpr Instant() = default;
  constexpr explicit Instant(std::int64_t nanoseconds) : ns_(nanoseconds) {}
  [[nodiscard]] constexpr std::int64_t ns() const { return ns_; }
  [[nodiscard]] constexpr Duration since_start() const { return Duration(ns_); }

  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return Instant(t.ns_ + d.ns()); }
  friend constexpr Instant operator-(Instant t, Duration d) { return Instant(t.ns_ - d.ns()); }
  friend constexpr Duration operator-(Instant a, Instant b) { return Duration(a.ns_ - b.ns_); }

 private:
  std::int64_t ns_ = 0;
};

constexpr Duration nanoseconds(std::int64_t n) { return Duration(n); }
constexpr Duration microseconds(std::int64_t n) { return Duration(n * 1'000); }
constexpr Duration milliseconds(std::int64_t n) { return Duration(n * 1'000'000); }
constexpr Duration seconds(std::int64_t n) { return Duration(n * 1'000'000'000); }

// "150 ms", "1.5 s", "20us", "2 min", "1 h", "0 s": a decimal number and a unit of ns, us, ms, s,
// min or h; exact. Nothing for anything else: no unit, a sign, a fraction of a nanosecond, more
// than int64 holds.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

// The shortest exact form in one unit: "150 ms", "1.5 s", "250 us". parse_duration reads it back.
[[nodiscard]] std::string to_text(Duration duration);
[[nodiscard]] std::string to_text(Instant instant);  // as the duration since the start

}  // namespace lockstep
