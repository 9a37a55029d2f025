#include "sim/scenario/units.hpp"

#include <limits>
#include <numeric>
#include <string>
#include <utility>

namespace lockstep::sim {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// A decimal number as an integer count of thousandths, millionths, …: value / 10^places.
struct Decimal {
  std::uint64_t value = 0;
  std::uint64_t scale = 1;
};

// At most 15 digits altogether, so that products with a unit are checked once, below.
std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal number;
  bool fraction = false;
  if (text.empty() || text.size() > 16 || !is_digit(text.front()) || !is_digit(text.back()))
    return std::nullopt;
  for (const char c : text) {
    if (c == '.') {
      if (fraction) return std::nullopt;
      fraction = true;
    } else if (is_digit(c)) {
      number.value = number.value * 10 + static_cast<std::uint64_t>(c - '0');
      if (fraction) number.scale *= 10;
    } else {
      return std::nullopt;
    }
  }
  return number;
}

// Splits "12.5 kB" into "12.5" and "kB".
std::pair<std::string_view, std::string_view> number_and_unit(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  std::string_view unit = text.substr(end);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  return {text.substr(0, end), unit};
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Exact or nothing.
std::optional<std::uint64_t> scaled(std::string_view text, const Unit* units, std::size_t count) {
  const auto [digits, name] = number_and_unit(text);
  const auto number = parse_decimal(digits);
  if (!number) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    const Unit& unit = units[i];
    if (unit.name != name) continue;
    if (number->value > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    const std::uint64_t product = number->value * unit.factor;
    if (product % number->scale != 0) return std::nullopt;
    return product / number->scale;
  }
  return std::nullopt;
}

std::optional<Ratio> reduced(std::uint64_t numerator, std::uint64_t denominator) {
  const std::uint64_t common = std::gcd(numerator, denominator);
  if (common == 0 || denominator == 0) return std::nullopt;
  numerator /= common;
  denominator /= common;
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (numerator > most || denominator > most) return std::nullopt;
  return Ratio{static_cast<std::uint32_t>(numerator), static_cast<std::uint32_t>(denominator)};
}

std::optional<std::uint32_t> parse_sigma(std::string_view text) {
  const auto number = parse_decimal(text);
  if (!number || number->value > 5000u * number->scale) return std::nullopt;
  if (number->value * 1000 % number->scale != 0) return std::nullopt;
  const std::uint64_t permille = number->value * 1000 / number->scale;
  if (permille > 5000) return std::nullopt;
  return static_cast<std::uint32_t>(permille);
}

std::optional<Latency> parse_lognormal(std::string_view text) {
  const std::size_t sigma_at = text.find("sigma");
  if (sigma_at == std::string_view::npos) return std::nullopt;
  const auto median = parse_duration(trimmed(text.substr(0, sigma_at)));
  const auto sigma = parse_sigma(trimmed(text.substr(sigma_at + 5)));
  if (!median || !sigma) return std::nullopt;
  return Latency{Latency::Shape::lognormal, *median, *median, *sigma};
}

}  // namespace

std::optional<DurationRange> parse_range(std::string_view text) {
  if (trimmed(text) != text) return std::nullopt;
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto both = parse_duration(text);
    return both ? std::optional(DurationRange{*both, *both}) : std::nullopt;
  }
  const std::string_view right = trimmed(text.substr(dots + 2));
  std::string left(trimmed(text.substr(0, dots)));
  if (left.find_first_not_of("0123456789.") == std::string::npos)
    left += number_and_unit(right).second;
  const auto low = parse_duration(left);
  const auto high = parse_duration(right);
  if (!low || !high) return std::nullopt;
  return DurationRange{*low, *high};
}

std::optional<Ratio> parse_ratio(std::string_view text) {
  std::optional<Ratio> ratio;
  const auto [digits, unit] = number_and_unit(text);
  if (unit == "%") {
    const auto percent = parse_decimal(digits);
    if (percent && percent->scale <= 10'000'000)
      ratio = reduced(percent->value, percent->scale * 100);
  } else {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto numerator = parse_decimal(text.substr(0, slash));
    const auto denominator = parse_decimal(text.substr(slash + 1));
    if (!numerator || !denominator || numerator->scale != 1 || denominator->scale != 1)
      return std::nullopt;
    ratio = reduced(numerator->value, denominator->value);
  }
  if (!ratio || ratio->numerator > ratio->denominator) return std::nullopt;
  return ratio;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static constexpr Unit units[] = {
      {"B", 1},          {"kB", 1'000},     {"MB", 1'000'000}, {"GB", 1'000'000'000},
      {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}};
  return scaled(text, units, std::size(units));
}

std::optional<Ratio> parse_rate(std::string_view text) {
  const auto [digits, unit] = number_and_unit(text);
  const auto number = parse_decimal(digits);
  if (!number || number->scale > 1'000'000'000) return std::nullopt;
  if (unit == "/s") return reduced(number->value, number->scale);
  if (unit == "/min") return reduced(number->value, number->scale * 60);
  return std::nullopt;
}

std::optional<std::uint64_t> parse_bandwidth(std::string_view text) {
  static constexpr Unit units[] = {
      {"bps", 1}, {"kbps", 1'000}, {"Mbps", 1'000'000}, {"Gbps", 1'000'000'000}};
  return scaled(text, units, std::size(units));
}

std::optional<std::int32_t> parse_ppm(std::string_view text) {
  const auto [digits, unit] = number_and_unit(text.starts_with('-') ? text.substr(1) : text);
  const auto number = parse_decimal(digits);
  if (unit != "ppm" || !number || number->scale != 1 || number->value > 2'000'000)
    return std::nullopt;
  const auto ppm = static_cast<std::int32_t>(number->value);
  return text.starts_with('-') ? -ppm : ppm;
}

std::optional<Latency> parse_latency(std::string_view text) {
  if (trimmed(text) != text) return std::nullopt;
  const std::size_t space = text.find(' ');
  const std::string_view shape = text.substr(0, space);
  const std::string_view rest =
      space == std::string_view::npos ? std::string_view() : trimmed(text.substr(space));
  if (shape == "uniform") {
    const auto range = parse_range(rest);
    if (!range) return std::nullopt;
    return Latency{Latency::Shape::uniform, range->low, range->high, 0};
  }
  if (shape == "lognormal") return parse_lognormal(rest);
  const bool named = shape == "constant" || shape == "exponential";
  const auto value = parse_duration(named ? rest : text);
  if (!value) return std::nullopt;
  const auto kind = shape == "exponential" ? Latency::Shape::exponential : Latency::Shape::constant;
  return Latency{kind, *value, *value, 0};
}

}  // namespace lockstep::sim
