#include "net/driver/shift.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "net/driver/alarm.hpp"

namespace lockstep::net {
namespace {

using namespace std::chrono_literals;

TEST_CASE("handlers run in bursts, and what end_of_burst leaves is gone back to without sleeping") {
  asio::io_context io;
  int handled = 0, bursts = 0;
  Shift* self = nullptr;
  Shift shift(io, milliseconds(5), [&] {
    ++bursts;
    if (handled == 3 && bursts >= 5) self->stop();
    return handled == 3;
  });
  self = &shift;
  for (int i = 0; i < 3; ++i) asio::post(io, [&] { ++handled; });
  shift.run();
  CHECK(handled == 3);
  CHECK(bursts >= 5);
}

TEST_CASE("handlers that never end do not keep the end of a burst away") {
  asio::io_context io;
  int bursts = 0;
  Shift* self = nullptr;
  Shift shift(io, milliseconds(2), [&] {
    if (++bursts == 3) self->stop();
    return false;
  });
  self = &shift;
  std::function<void()> again = [&] {
    if (bursts < 3) asio::post(io, again);
  };
  asio::post(io, again);
  shift.run();
  CHECK(bursts >= 3);
}

TEST_CASE("while one is away for long the other one works, and never both") {
  asio::io_context io;
  std::atomic<bool> released{false};
  std::atomic<int> at_work{0};
  int ticks_while_away = 0;
  bool is_away = false, went = false;
  Shift* self = nullptr;
  asio::steady_timer timer(io);
  std::function<void()> tick = [&] {
    CHECK(++at_work == 1);
    if (is_away && ++ticks_while_away == 20) released = true;
    if (went && !is_away) self->stop();
    --at_work;
    timer.expires_after(1ms);
    timer.async_wait([&](const ErrorCode& error) {
      if (!error) tick();
    });
  };
  Shift shift(io, milliseconds(2), [&] {
    if (went || is_away) return false;
    is_away = true;
    self->away([&] {
      while (!released) std::this_thread::sleep_for(100us);
    });
    CHECK(at_work == 0);
    is_away = false;
    went = true;
    return false;
  });
  self = &shift;
  asio::post(io, tick);
  shift.run();
  CHECK(ticks_while_away >= 20);
}

TEST_CASE("the stand-in does not go away, even at the end of a burst that outlasts the absence") {
  for (int round = 0; round < 50; ++round) {
    asio::io_context io;
    std::atomic<bool> stands_in{false};
    bool went = false, waits = false, written = false;
    Shift* self = nullptr;
    const std::thread::id owner = std::this_thread::get_id();
    std::function<void()> handler = [&] {
      stands_in = true;  // the absence ends while this burst goes on
      for (int i = 0; i < 100; ++i) std::this_thread::yield();
      waits = true;
    };
    Shift shift(io, microseconds(100), [&] {
      if (self->is_away() || (went && !waits)) return false;
      CHECK(std::this_thread::get_id() == owner);
      if (went) {
        written = true;
        self->stop();
        return false;
      }
      went = true;
      asio::post(io, handler);
      self->away([&] {
        while (!stands_in) std::this_thread::yield();
      });
      return false;
    });
    self = &shift;
    asio::post(io, [] {});
    shift.run();
    CHECK(written);
  }
}

TEST_CASE("what handlers and absences throw comes out of run") {
  asio::io_context io;
  Shift thrower(io, milliseconds(5), [] { return false; });
  asio::post(io, [] { throw std::runtime_error("handler"); });
  CHECK_THROWS_WITH(thrower.run(), "handler");

  asio::io_context second;
  Shift* self = nullptr;
  Shift failing(second, milliseconds(5), [&]() -> bool {
    self->away([] { throw std::runtime_error("disk"); });
    return false;
  });
  self = &failing;
  asio::post(second, [] {});
  CHECK_THROWS_WITH(failing.run(), "disk");
}

TEST_CASE("many short absences, handlers posted from elsewhere: nothing is lost") {
  asio::io_context io;
  int handled = 0, absences = 0;
  bool is_away = false;
  Shift* self = nullptr;
  Shift shift(io, microseconds(200), [&] {
    if (is_away) return false;  // the stand-in's burst
    if (absences < 300) {
      is_away = true;
      const auto time = std::chrono::microseconds(++absences);
      self->away([&] { std::this_thread::sleep_for(time); });
      is_away = false;
    }
    if (handled == 2000 && absences == 300) self->stop();
    return absences < 300;
  });
  self = &shift;
  std::thread poster([&] {
    for (int i = 0; i < 2000; ++i) asio::post(io, [&] { ++handled; });
  });
  shift.run();
  poster.join();
  CHECK(handled == 2000);
}

}  // namespace
}  // namespace lockstep::net
