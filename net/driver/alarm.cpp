#include "net/driver/alarm.hpp"

#include <chrono>
#include <utility>

namespace lockstep::net {
namespace {

using Clock = std::chrono::steady_clock;
const Clock::time_point started = Clock::now();

}  // namespace

Instant now() {
  return Instant(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - started).count());
}

Alarm::Alarm(asio::io_context& io, std::function<void(TimerEpoch)> ring)
    : timer_(io), ring_(std::move(ring)) {}

void Alarm::set(TimerEpoch epoch, Instant at) {
  epoch_ = epoch;
  due_ = at;
  set_ = true;
  if (!armed_ || at < armed_for_) arm(at);
}

void Alarm::cancel() { set_ = false; }

void Alarm::arm(Instant at) {
  armed_ = true;
  armed_for_ = at;
  timer_.expires_at(started + std::chrono::nanoseconds(at.ns()));
  timer_.async_wait([this](const ErrorCode& error) {
    if (!error) woke();
  });
}

void Alarm::woke() {
  armed_ = false;
  if (!set_) return;
  if (now() < due_) return arm(due_);
  set_ = false;
  ring_(epoch_);
}

}  // namespace lockstep::net
