// Worker: a thread that does one job after another beside the node.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "net/asio.hpp"

namespace lockstep::node {

class Worker {
 public:
  explicit Worker(net::asio::io_context& io) : io_(io), thread_([this] { work(); }) {}
  // Waits for the job under way, and forgets those that wait.
  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Does `job` there and then calls `done` on `io`, where what the job threw is thrown instead.
  void give(std::function<void()> job, std::function<void()> done) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.emplace_back(std::move(job), std::move(done));
    }
    wake_.notify_one();
  }
  // Of a long job: the node ends and nobody waits for it.
  [[nodiscard]] bool ended() {
    const std::lock_guard lock(mutex_);
    return ended_;
  }

 private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return ended_ || !jobs_.empty(); });
      if (ended_) return;
      auto [job, done] = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      std::exception_ptr failure;
      try {
        job();
      } catch (...) {
        failure = std::current_exception();
      }
      net::asio::post(io_, [failure, then = std::move(done)] {
        if (failure) std::rethrow_exception(failure);
        then();
      });
    }
  }

  net::asio::io_context& io_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<std::function<void()>, std::function<void()>>> jobs_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace lockstep::node
