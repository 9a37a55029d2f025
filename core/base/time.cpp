#include "core/base/time.hpp"

#include <array>
#include <limits>

namespace lockstep {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr std::array<Unit, 6> units{{{"ns", 1},
                                     {"us", 1'000},
                                     {"ms", 1'000'000},
                                     {"s", 1'000'000'000},
                                     {"min", 60'000'000'000},
                                     {"h", 3'600'000'000'000}}};

constexpr auto most = std::numeric_limits<std::int64_t>::max();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> unit_of(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  for (const Unit& unit : units) {
    if (unit.name == text) return unit.ns;
  }
  return std::nullopt;
}

std::string decimal(std::int64_t ns, const Unit& unit) {
  std::string text = std::to_string(ns / unit.ns);
  std::int64_t rest = ns % unit.ns;
  if (rest != 0) {
    text += '.';
    for (std::int64_t place = unit.ns / 10; rest != 0; place /= 10) {
      text += static_cast<char>('0' + rest / place);
      rest %= place;
    }
  }
  return text + " " + std::string(unit.name);
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  const auto unit = unit_of(text.substr(end));
  const std::string_view number = text.substr(0, end);
  if (!unit || number.empty() || !is_digit(number.front()) || !is_digit(number.back()))
    return std::nullopt;

  std::int64_t total = 0;
  std::size_t at = 0;
  for (; at < number.size() && number[at] != '.'; ++at) {
    const std::int64_t digit = number[at] - '0';
    if (total > (most - digit) / 10) return std::nullopt;
    total = total * 10 + digit;
  }
  if (total > most / *unit) return std::nullopt;
  total *= *unit;
  std::int64_t place = *unit;
  for (++at; at < number.size(); ++at) {
    if (number[at] == '.') return std::nullopt;
    const std::int64_t digit = number[at] - '0';
    if (digit != 0 && place % 10 != 0) return std::nullopt;
    place /= 10;
    if (total > most - digit * place) return std::nullopt;
    total += digit * place;
  }
  return Duration(total);
}

std::string to_text(Duration duration) {
  const std::int64_t ns = duration.ns();
  if (ns < 0) return "-" + to_text(Duration(-ns));
  if (ns == 0) return "0 s";
  for (std::size_t i = 3; i > 0; --i) {
    if (ns >= units[i].ns) return decimal(ns, units[i]);
  }
  return decimal(ns, units[0]);
}

std::string to_text(Instant instant) { return to_text(instant.since_start()); }

}  // namespace lockstep
