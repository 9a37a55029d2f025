#include "processes/clock.hpp"

#include <charconv>
#include <memory>
#include <utility>

namespace lockstep::processes {
namespace {

using Nanoseconds = std::chrono::nanoseconds;

std::optional<std::int64_t> number(std::string_view text, std::size_t at, std::size_t size) {
  if (at + size > text.size()) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = text.data() + at + size;
  const auto result = std::from_chars(text.data() + at, end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

// Digits after the point as nanoseconds.
std::optional<std::int64_t> fraction(std::string_view digits) {
  if (digits.size() < 2 || digits.size() > 10 || digits[0] != '.') return std::nullopt;
  auto value = number(digits, 1, digits.size() - 1);
  for (std::size_t place = digits.size() - 1; value && place < 9; ++place) *value *= 10;
  return value;
}

}  // namespace

Clock::Clock(net::asio::io_context& io)
    : io_(&io),
      zero_(std::chrono::steady_clock::now()),
      zero_utc_(std::chrono::system_clock::now()) {}

void Clock::start() {
  zero_ = std::chrono::steady_clock::now();
  zero_utc_ = std::chrono::system_clock::now();
  started_ = true;
}

Instant Clock::now() const {
  const auto passed = std::chrono::steady_clock::now() - zero_;
  return Instant(std::chrono::duration_cast<Nanoseconds>(passed).count());
}

void Clock::at(Instant when, std::function<void()> what) {
  auto timer = std::make_shared<net::asio::steady_timer>(*io_);
  timer->expires_at(zero_ + Nanoseconds(when.ns()));
  timer->async_wait([timer, what = std::move(what)](const net::ErrorCode& error) {
    if (!error) what();
  });
}

std::optional<Instant> Clock::instant_of(std::string_view utc) const {
  if (utc.size() < 20 || utc[4] != '-' || utc[7] != '-' || utc[10] != 'T' || utc[13] != ':' ||
      utc[16] != ':' || utc.back() != 'Z')
    return std::nullopt;
  const auto year = number(utc, 0, 4), month = number(utc, 5, 2), day = number(utc, 8, 2),
             hour = number(utc, 11, 2), minute = number(utc, 14, 2), second = number(utc, 17, 2);
  const auto rest =
      utc.size() == 20 ? std::optional<std::int64_t>(0) : fraction(utc.substr(19, utc.size() - 20));
  if (!year || !month || !day || !hour || !minute || !second || !rest) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(static_cast<int>(*year)),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto at = sys_days(date).time_since_epoch() + hours(*hour) + minutes(*minute) +
                  std::chrono::seconds(*second) + Nanoseconds(*rest);
  return instant_of(Instant(duration_cast<Nanoseconds>(at).count()));
}

Instant Clock::instant_of(Instant since_1970) const {
  const auto zero = std::chrono::duration_cast<Nanoseconds>(zero_utc_.time_since_epoch());
  return since_1970 - nanoseconds(zero.count());
}

}  // namespace lockstep::processes
