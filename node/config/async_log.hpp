// AsyncLog: a node's log, written by a thread of its own.
//
// write() puts a record into a bounded queue and returns: a pipe that nobody reads, or a slow
// terminal, never holds the node up. Records that find the queue full, or that the file refuses,
// are lost and counted, and a line says how many as soon as one can be written. Every line is valid
// UTF-8 and ends where the record ends, whatever the record holds.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "net/log/log.hpp"

namespace lockstep::node {

class AsyncLog final : public net::Log {
 public:
  struct Options {
    bool json = true;
    net::Level least = net::Level::info;  // records below it are not written
    NodeId node;
    std::size_t most_records = 8192;  // in the queue
    std::size_t most_bytes = 8 * 1024 * 1024;
  };

  // `file` is duplicated, so the caller may close it. Throws std::system_error where it cannot be.
  // Text is coloured on a terminal unless NO_COLOR is set (no-color.org).
  AsyncLog(int file, Options options);
  // Waits until everything is written, at most `patience`.
  ~AsyncLog() override;
  AsyncLog(const AsyncLog&) = delete;
  AsyncLog& operator=(const AsyncLog&) = delete;

  void write(net::Level level, std::string_view message, std::vector<net::Field> fields) override;

  // The term that later records carry.
  void set_term(std::uint64_t term) { term_.store(term, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t lost() const;

  static constexpr Duration patience = seconds(1);

 private:
  struct State;
  Options options_;
  std::atomic<std::uint64_t> term_{0};
  std::shared_ptr<State> state_;  // shared with the thread, which may be stuck in the file
};

}  // namespace lockstep::node
