#include "net/driver/shift.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include "core/base/check.hpp"
#include "net/driver/alarm.hpp"

namespace lockstep::net {
namespace {

std::chrono::nanoseconds chrono_of(Duration duration) {
  return std::chrono::nanoseconds(duration.ns());
}

}  // namespace

Shift::Shift(asio::io_context& io, Duration patience, std::function<bool()> end_of_burst)
    : io_(io), patience_(patience), end_of_burst_(std::move(end_of_burst)) {}

Shift::~Shift() { check(!other_.joinable(), "a shift ends before it is destroyed"); }

void Shift::burst(bool patient) {
  const std::size_t first = busy_     ? io_.poll_one()
                            : patient ? io_.run_one()
                                      : io_.run_one_for(chrono_of(patience_));
  if (first != 0) go_on();
  busy_ = end_of_burst_();
}

// Until no handler is ready, or for as long as is patient: under load one may always be.
void Shift::go_on() {
  constexpr int glance = 64;  // handlers between two looks at the clock
  const Instant begun = now();
  for (int i = 1; io_.poll_one() != 0; ++i) {
    if (i % glance == 0 && now() - begun >= patience_) return;
  }
}

void Shift::run() {
  const auto keep_alive = asio::make_work_guard(io_);
  other_ = std::thread([this] { stand_in(); });
  std::exception_ptr failure;
  {
    const std::lock_guard at_work(work_);
    try {
      while (!stopped_) burst(true);
    } catch (...) {
      failure = std::current_exception();
      stopped_ = true;
    }
  }
  {
    const std::lock_guard lock(sleep_);
    wake_.notify_all();
  }
  other_.join();
  if (failure) std::rethrow_exception(failure);
  if (failure_) std::rethrow_exception(failure_);
}

void Shift::stop() {
  stopped_ = true;
  asio::post(io_, [] {});
}

void Shift::away(const std::function<void()>& work) {
  check(!stands_in_ && !away_, "one is away at a time, and never the stand-in");
  away_since_ = now().ns();
  away_ = true;
  work_.unlock();
  std::exception_ptr failure;
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
  }
  away_ = false;
  if (comes_) asio::post(io_, [] {});  // it may sleep
  work_.lock();
  if (std::exchange(stood_in_, false)) asio::post(io_, [] {});
  if (failure) std::rethrow_exception(failure);
}

void Shift::stand_in() {
  while (!stopped_) {
    if (!away_ || now() - Instant(away_since_) < patience_) {
      std::unique_lock lock(sleep_);
      wake_.wait_for(lock, chrono_of(patience_), [this] { return stopped_.load(); });
      continue;
    }
    comes_ = true;
    {
      const std::lock_guard at_work(work_);
      stands_in_ = stood_in_ = true;
      try {
        while (away_ && !stopped_) burst(false);
      } catch (...) {
        failure_ = std::current_exception();
        stopped_ = true;
        asio::post(io_, [] {});
      }
      stands_in_ = false;
    }
    comes_ = false;
  }
}

}  // namespace lockstep::net
