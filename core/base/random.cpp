#include "core/base/random.hpp"

#include <bit>

namespace lockstep {
namespace {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

constexpr std::uint64_t one_q32 = std::uint64_t{1} << 32;
constexpr std::uint64_t ln2_q32 = 2977044472;     // ln 2 * 2^32
constexpr std::uint64_t log2_e_q32 = 6196328019;  // 1 / ln 2 * 2^32
constexpr int table_bits = 10;
constexpr std::size_t table_size = (std::size_t{1} << table_bits) + 1;

constexpr std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// log2 of m / 2^62 for m in [2^62, 2^63), digit by digit: square, and a carry past 2 is a one bit.
constexpr std::uint64_t log2_by_squaring(std::uint64_t m) {
  std::uint64_t result = 0;
  for (int bit = 31; bit >= 0; --bit) {
    m = static_cast<std::uint64_t>((Wide{m} * m) >> 62);
    if (m >= (std::uint64_t{1} << 63)) {
      result |= std::uint64_t{1} << bit;
      m >>= 1;
    }
  }
  return result;
}

constexpr std::uint64_t root(Wide square) {
  std::uint64_t low = 0;
  std::uint64_t high = ~std::uint64_t{0};
  while (low < high) {
    const std::uint64_t middle = high - (high - low) / 2;
    if (Wide{middle} * middle <= square) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

// log2(1 + i / 1024) in units of 2^-32.
constexpr auto log2_table = [] {
  std::array<std::uint64_t, table_size> table{};
  for (std::size_t i = 0; i + 1 < table_size; ++i) {
    table[i] = log2_by_squaring((std::uint64_t{1} << 62) + (std::uint64_t{i} << (62 - table_bits)));
  }
  table[table_size - 1] = one_q32;
  return table;
}();

// 2^(i / 1024) in units of 2^-32, as products of the repeated square roots of 2 in units of 2^-62.
constexpr auto exp2_table = [] {
  std::array<std::uint64_t, table_bits> roots{};
  std::uint64_t previous = std::uint64_t{1} << 63;
  for (std::size_t i = 0; i < table_bits; ++i) {
    previous = root(Wide{previous} << 62);
    roots[i] = previous;
  }
  std::array<std::uint64_t, table_size> table{};
  for (std::size_t i = 0; i + 1 < table_size; ++i) {
    std::uint64_t value = std::uint64_t{1} << 62;
    for (std::size_t bit = 0; bit < table_bits; ++bit) {
      if ((i >> (table_bits - 1 - bit)) & 1) {
        value = static_cast<std::uint64_t>((Wide{value} * roots[bit]) >> 62);
      }
    }
    table[i] = value >> 30;
  }
  table[table_size - 1] = one_q32 * 2;
  return table;
}();

// The table's value at a fraction of 32 bits, on the straight line between two entries.
std::uint64_t interpolate(const std::array<std::uint64_t, table_size>& table,
                          std::uint32_t fraction) {
  constexpr int rest_bits = 32 - table_bits;
  const std::size_t slot = fraction >> rest_bits;
  const std::uint64_t rest = fraction & ((std::uint32_t{1} << rest_bits) - 1);
  return table[slot] + (((table[slot + 1] - table[slot]) * rest) >> rest_bits);
}

}  // namespace

std::uint64_t mix_seed(std::uint64_t a, std::uint64_t b) {
  std::uint64_t state = a ^ std::rotl(b * 0xD1342543DE82EF95u, 32);
  const std::uint64_t first = splitmix(state);
  return first ^ splitmix(state);
}

Random::Random(std::uint64_t seed) : state_{} {
  for (auto& word : state_) word = splitmix(seed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  check(bound > 0, "a draw below 0 has no value");
  Wide product = Wide{next()} * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t uneven = -bound % bound;
    while (low < uneven) {
      product = Wide{next()} * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
  check(low <= high, "a range starts before it ends");
  const std::uint64_t width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  const std::uint64_t offset = width == ~std::uint64_t{0} ? next() : below(width + 1);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
}

std::uint64_t minus_log2_q32(std::uint64_t x) {
  check(x > 0, "the logarithm of 0 is not a number");
  const int zeros = std::countl_zero(x);
  const std::uint64_t mantissa = x << zeros;  // top bit set: 1.f
  const auto fraction = static_cast<std::uint32_t>(mantissa >> 31);
  const std::uint64_t whole = static_cast<std::uint64_t>(zeros + 1) << 32;
  return whole - interpolate(log2_table, fraction);
}

std::uint64_t exp2_fraction_q32(std::uint32_t fraction) {
  return interpolate(exp2_table, fraction);
}

Duration Random::exponential(Duration mean) {
  check(mean.ns() >= 0, "a mean is not negative");
  const std::uint64_t x = next() | 1;
  const Wide minus_ln = (Wide{minus_log2_q32(x)} * ln2_q32) >> 32;
  return Duration(
      static_cast<std::int64_t>((minus_ln * static_cast<std::uint64_t>(mean.ns())) >> 32));
}

std::int64_t Random::normal_q32() {
  for (;;) {
    const std::int64_t u = between(-(std::int64_t{1} << 31), std::int64_t{1} << 31);
    const std::int64_t v = between(-(std::int64_t{1} << 31), std::int64_t{1} << 31);
    const auto s =
        static_cast<std::uint64_t>(u * u) + static_cast<std::uint64_t>(v * v);  // radius^2 in 2^-62
    if (s < 16 || s >= (std::uint64_t{1} << 62)) continue;
    const std::uint64_t minus_log2 = minus_log2_q32(s) - 2 * one_q32;
    const Wide twice_minus_ln = (Wide{minus_log2} * ln2_q32) >> 31;  // 2^-32
    const std::uint64_t factor =
        root((twice_minus_ln << 62) / s << 32);  // sqrt(-2 ln s / s) in 2^-32
    return static_cast<std::int64_t>(
        (static_cast<SignedWide>(u) * static_cast<std::int64_t>(factor)) >> 31);
  }
}

Duration Random::lognormal(Duration median, std::uint32_t sigma_permille) {
  check(median.ns() >= 0, "a median is not negative");
  const SignedWide exponent = static_cast<SignedWide>(normal_q32()) * sigma_permille / 1000;
  const auto power =
      static_cast<std::int64_t>((exponent * static_cast<std::int64_t>(log2_e_q32)) >> 32);
  const std::int64_t whole = power >> 32;
  const std::uint64_t scale = exp2_fraction_q32(static_cast<std::uint32_t>(power & 0xFFFFFFFF));
  const Wide base = Wide{static_cast<std::uint64_t>(median.ns())} * scale >> 12;  // 2^-20
  if (whole >= 20) return median * (std::int64_t{1} << 20);
  if (whole < -60) return Duration(0);
  const Wide value = whole >= 0 ? base << whole : base >> -whole;
  return Duration(static_cast<std::int64_t>(value >> 20));
}

}  // namespace lockstep
