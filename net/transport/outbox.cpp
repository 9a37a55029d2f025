#include "net/transport/outbox.hpp"

#include <bit>
#include <cstring>
#include <utility>

#include "core/base/check.hpp"
#include "core/wire/frame.hpp"

namespace lockstep::net {
namespace {

constexpr std::size_t kept_capacity = 4 * 1024 * 1024;  // more is given back once it is empty

}  // namespace

std::size_t Outbox::push(std::string_view message) {
  const std::size_t size = message.size() + wire::frame_overhead;
  if (size > bound_) return 1;
  std::size_t dropped = 0;
  while (bytes() + size > bound_) {
    begin_ += front_size();
    --count_;
    ++dropped;
  }
  if (dropped > 0) tidy();
  wire::append_frame(message, frames_);
  ++count_;
  return dropped;
}

std::size_t Outbox::take(std::string& out, std::size_t about) {
  out.clear();
  std::size_t taken = 0;
  if (begin_ == 0 && frames_.size() <= about) {
    out.swap(frames_);
    taken = std::exchange(count_, 0);
  } else {
    std::size_t size = 0;
    const std::size_t from = begin_;
    while (count_ > 0 && (taken == 0 || size + front_size() <= about)) {
      size += front_size();
      begin_ = from + size;
      --count_;
      ++taken;
    }
    out.append(frames_, from, size);
  }
  tidy();
  return taken;
}

// The bytes in front are given up once they are the greater part: a byte moves once on average.
void Outbox::tidy() {
  if (empty()) {
    frames_.clear();
    begin_ = 0;
    if (frames_.capacity() > kept_capacity) frames_.shrink_to_fit();
  } else if (begin_ > frames_.size() / 2) {
    frames_.erase(0, begin_);
    begin_ = 0;
  }
}

std::size_t Outbox::front_size() const {
  // What wire::append_frame wrote starts with the length of all but the first 8 bytes.
  std::uint32_t length = 0;
  static_assert(std::endian::native == std::endian::little, "a big-endian port swaps here");
  check(bytes() >= wire::frame_overhead, "an outbox holds whole frames");
  std::memcpy(&length, frames_.data() + begin_, sizeof length);
  check(length + std::size_t{8} <= bytes(), "an outbox holds whole frames");
  return length + std::size_t{8};
}

}  // namespace lockstep::net
