#include "core/predict/path_length.hpp"

#include "core/base/check.hpp"
#include "core/base/random.hpp"

namespace lockstep::predict {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t one_q32 = std::uint64_t{1} << 32;
constexpr std::uint64_t ln2_q32 = 2977044472;    // ln 2 * 2^32
constexpr std::uint64_t euler_q32 = 2479122403;  // Euler's constant * 2^32

std::uint64_t ln_q32(std::uint32_t x) {
  const std::uint64_t log2 = (std::uint64_t{64} << 32) - minus_log2_q32(x);
  return static_cast<std::uint64_t>((Wide{log2} * ln2_q32) >> 32);
}

}  // namespace

std::vector<std::uint64_t> average_path_lengths_q32(std::uint32_t largest) {
  std::vector<std::uint64_t> lengths(std::size_t{largest} + 1, 0);
  if (largest >= 2) lengths[2] = one_q32;
  for (std::uint32_t n = 3; n <= largest; ++n)
    lengths[n] = 2 * (ln_q32(n - 1) + euler_q32) - 2 * (one_q32 - one_q32 / n);
  return lengths;
}

std::uint64_t anomaly_score_q32(std::uint64_t sum_q32, std::uint64_t count,
                                std::uint64_t average_q32) {
  check(count > 0 && average_q32 > 0, "a mean path length is compared with a positive one");
  const Wide exponent = (Wide{sum_q32} << 32) / (Wide{average_q32} * count);  // 2^-32
  const auto whole = static_cast<std::uint64_t>(exponent >> 32);
  const auto rest = static_cast<std::uint32_t>(exponent);
  if (whole >= 32) return 0;
  if (rest == 0) return one_q32 >> whole;
  return exp2_fraction_q32(static_cast<std::uint32_t>(one_q32 - rest)) >> (whole + 1);
}

}  // namespace lockstep::predict
