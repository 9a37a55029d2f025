// Events: the newest notices of this member, numbered, for people who ask or watch.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/raft/notices.hpp"

namespace lockstep::node {

struct EventLine {
  std::uint64_t number = 0;  // from 1
  std::string time;          // RFC 3339, UTC
  std::uint64_t term = 0;
  std::string kind;  // "became_leader"
  std::string text;
};

class Events {
 public:
  static constexpr std::size_t kept = 1000;
  using Watcher = std::function<void(const EventLine&)>;

  // Commits are not kept: there are too many, and the status tells them.
  void add(raft::Term term, const raft::Notice& notice);
  void add(raft::Term term, std::string kind, std::string text);
  void watch(Watcher watcher) { watcher_ = std::move(watcher); }

  // Those after that number, oldest first.
  [[nodiscard]] std::vector<EventLine> after(std::uint64_t number) const;
  [[nodiscard]] std::uint64_t next() const { return next_; }

 private:
  std::deque<EventLine> lines_;
  std::uint64_t next_ = 1;
  Watcher watcher_;
};

[[nodiscard]] std::string event_json(const EventLine& line);

// The wall clock as RFC 3339 in UTC with milliseconds. For people only.
[[nodiscard]] std::string wall_clock_text();

}  // namespace lockstep::node
