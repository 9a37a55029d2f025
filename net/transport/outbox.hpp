// Outbox: the frames that wait for one peer, in order, in one piece of memory.
//
// Bounded: what goes above the bound pushes the oldest out. Nothing is allocated for a message but
// what the buffer grows by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lockstep::net {

class Outbox {
 public:
  explicit Outbox(std::size_t bound) : bound_(bound) {}

  // Returns how many messages it cost, this one included where it is above the bound by itself.
  std::size_t push(std::string_view message);

  // Moves frames from the front to `out`, whose content goes and whose memory is used again: all,
  // or, of many, at least one and no more than about `about` bytes. Returns how many.
  std::size_t take(std::string& out, std::size_t about);

  [[nodiscard]] bool empty() const { return begin_ == frames_.size(); }
  [[nodiscard]] std::size_t bytes() const { return frames_.size() - begin_; }

 private:
  [[nodiscard]] std::size_t front_size() const;
  void tidy();

  std::size_t bound_;
  std::string frames_;
  std::size_t begin_ = 0;  // of the oldest frame
  std::size_t count_ = 0;
};

}  // namespace lockstep::net
