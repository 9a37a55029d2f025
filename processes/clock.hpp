// The time of a run: nanoseconds since its time 0, which is when every node answers and the links
// are as the scenario wants them. Before that instant it is negative.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "core/base/time.hpp"
#include "net/asio.hpp"

namespace lockstep::processes {

class Clock {
 public:
  explicit Clock(net::asio::io_context& io);

  void start();  // it is time 0
  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] Instant now() const;
  // Calls `what` at that instant, or as soon as possible; never if the io_context ends before.
  void at(Instant when, std::function<void()> what);

  // When a node's event happened, by the node's word: "2026-11-21T10:00:00.123Z"; nothing for
  // another text.
  [[nodiscard]] std::optional<Instant> instant_of(std::string_view utc) const;
  [[nodiscard]] Instant instant_of(Instant since_1970) const;

 private:
  net::asio::io_context* io_;
  std::chrono::steady_clock::time_point zero_;
  std::chrono::system_clock::time_point zero_utc_;
  bool started_ = false;
};

}  // namespace lockstep::processes
