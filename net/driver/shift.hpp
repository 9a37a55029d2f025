// Shift: one thread works through the events of an io_context; a second one stands in while the
// first is away at the disk for long.
//
// Handing work to another thread and back costs more than a sync of the disk (docs/architecture.md,
// "The node"), so the thread that wants a sync does it itself, and the other one takes over only
// when that takes longer than `patience`. Promises that at any instant at most one of the two is at
// work, each seeing what the other did: what runs here needs no locks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "core/base/time.hpp"
#include "net/asio.hpp"

namespace lockstep::net {

class Shift {
 public:
  // `end_of_burst` is called when no handler is ready, before the thread sleeps, and once in every
  // `patience` or so while there always is one; it says whether it left something to do at once.
  Shift(asio::io_context& io, Duration patience, std::function<bool()> end_of_burst);
  ~Shift();
  Shift(const Shift&) = delete;
  Shift& operator=(const Shift&) = delete;

  // Works until stop(); what a handler throws ends it and is thrown here. Once.
  void run();
  void stop();  // from the thread at work
  // Does `work` elsewhere than at work: from end_of_burst only, and not while is_away(). What it
  // throws is thrown here. If the other one stood in meanwhile another burst follows.
  void away(const std::function<void()>& work);
  // Asked by the one at work: whether that is the stand-in. It stays until the first one is back
  // at work: a stand-in that went away as well would come back to a place that is taken.
  [[nodiscard]] bool is_away() const { return stands_in_; }

 private:
  void burst(bool patient);
  void go_on();
  void stand_in();

  asio::io_context& io_;
  const Duration patience_;
  const std::function<bool()> end_of_burst_;
  std::mutex work_;         // held by whoever is at work
  bool stands_in_ = false;  // that is the other one; guarded by work_, as is the next one
  bool stood_in_ = false;   // since the first one went away
  std::atomic<bool> stopped_{false};
  std::atomic<bool> away_{false};
  std::atomic<bool> comes_{false};  // the other one wants to work, or does
  std::atomic<std::int64_t> away_since_{0};
  std::exception_ptr failure_;  // of the stand-in
  bool busy_ = false;           // end_of_burst left something to do
  std::mutex sleep_;
  std::condition_variable wake_;
  std::thread other_;
};

}  // namespace lockstep::net
