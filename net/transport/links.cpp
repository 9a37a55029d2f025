#include "net/transport/links.hpp"

#include <chrono>
#include <map>
#include <utility>

namespace lockstep::net {

using Clock = std::chrono::steady_clock;

// Outlives Links where the timer's answer is still to come.
struct Links::Held : std::enable_shared_from_this<Held> {
  struct Message {
    Passage passage;
    std::string bytes;
  };

  Held(asio::io_context& io, Links& links, std::size_t most)
      : timer(io), owner(&links), bound(most) {}

  void hold(const Passage& passage, std::string_view message, Duration delay) {
    if (bytes + message.size() > bound) return;
    bytes += message.size();
    const auto due = Clock::now() + std::chrono::nanoseconds(delay.ns());
    // Equal keys keep the order they came in.
    const auto placed = waiting.emplace(due, Message{passage, std::string(message)});
    if (placed == waiting.begin()) arm();
  }

  void arm() {
    timer.expires_at(waiting.begin()->first);
    timer.async_wait([self = shared_from_this()](const ErrorCode& error) {
      if (!error) self->release();
    });
  }

  void release() {
    while (owner != nullptr && !waiting.empty() && waiting.begin()->first <= Clock::now()) {
      const auto due = waiting.extract(waiting.begin());
      const Message& message = due.mapped();
      bytes -= message.bytes.size();
      if (owner->faults.at(message.passage.peer, message.passage.direction).cut) continue;
      owner->pass_(message.passage, message.bytes, When::later);
    }
    if (owner != nullptr && !waiting.empty()) arm();
  }

  asio::steady_timer timer;
  Links* owner;  // null once it is gone
  std::size_t bound;
  std::size_t bytes = 0;
  std::multimap<Clock::time_point, Message> waiting;
};

Links::Links(asio::io_context& io, std::uint64_t seed, std::size_t bound, Pass pass)
    : random_(seed), pass_(std::move(pass)), held_(std::make_shared<Held>(io, *this, bound)) {}

Links::~Links() {
  held_->owner = nullptr;
  held_->timer.cancel();
}

void Links::carry(const Passage& passage, std::string_view message) {
  const LinkFault fault = faults.at(passage.peer, passage.direction);
  if (fault.cut || random_.chance(fault.drop)) return;
  carry_once(passage, message, fault.delay);
  if (random_.chance(fault.duplicate)) carry_once(passage, message, fault.delay);
}

void Links::carry_once(const Passage& passage, std::string_view message, Duration delay) {
  if (delay > Duration{}) {
    held_->hold(passage, message, delay);
  } else {
    pass_(passage, message, When::at_once);
  }
}

}  // namespace lockstep::net
