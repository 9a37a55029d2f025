// Alarm: one timer of a machine. Setting it replaces what was set before.
//
// A machine pushes its election alarm back with every heartbeat; the operating system's timer is
// touched only when it must ring earlier, and set again when it rang too early.
#pragma once

#include <functional>
#include <memory>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "net/asio.hpp"

namespace lockstep::net {

// This process's time: from its start, never back.
[[nodiscard]] Instant now();

class Alarm {
 public:
  Alarm(asio::io_context& io, std::function<void(TimerEpoch)> ring);
  void set(TimerEpoch epoch, Instant at);  // rings as a later event, at once where `at` is past
  void cancel();

 private:
  void arm(Instant at);
  void woke();

  asio::steady_timer timer_;
  std::function<void(TimerEpoch)> ring_;
  TimerEpoch epoch_;
  Instant due_;
  Instant armed_for_;
  bool set_ = false;
  bool armed_ = false;
};

}  // namespace lockstep::net
