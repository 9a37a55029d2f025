// Rate: how much came a second, over the last few whole seconds.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/time.hpp"

namespace lockstep::node {

class Rate {
 public:
  static constexpr std::int64_t window = 5;  // seconds

  // REQUIRES of both: `now` does not go back.
  void add(Instant now) {
    advance(now);
    ++counts_[place(second_)];
  }
  [[nodiscard]] double per_second(Instant now) {
    advance(now);
    std::uint64_t sum = 0;
    for (std::int64_t back = 1; back <= window; ++back) sum += counts_[place(second_ - back)];
    return static_cast<double>(sum) / static_cast<double>(window);
  }

 private:
  static constexpr std::int64_t kept = window + 1;  // the second that runs is among them
  static std::size_t place(std::int64_t second) {
    return static_cast<std::size_t>((second + kept) % kept);
  }
  void advance(Instant now) {
    const std::int64_t second = now.ns() / 1'000'000'000;
    if (second - second_ >= kept) counts_ = {};
    for (; second_ < second && second - second_ < kept; ++second_) counts_[place(second_ + 1)] = 0;
    second_ = second;
  }

  std::array<std::uint64_t, kept> counts_{};
  std::int64_t second_ = 0;
};

}  // namespace lockstep::node
