#include "net/transport/inbox.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/check.hpp"
#include "core/wire/frame.hpp"

namespace lockstep::net {

Inbox::Inbox(std::size_t usual, std::size_t largest) : usual_(usual), largest_(largest) {
  resize(usual);
}

void Inbox::set_limits(std::size_t usual, std::size_t largest) {
  usual_ = usual;
  largest_ = largest;
  resize(std::max(usual, rest()));
}

std::span<char> Inbox::space() {
  if (rest() == 0) {
    begin_ = end_ = 0;
    if (capacity_ > usual_) resize(usual_);
  } else if (rest() == capacity_) {
    // Doubling, so that nobody gets memory for bytes that it has not sent.
    resize(std::min(needed_, 2 * capacity_));
  } else if (begin_ > 0 && needed_ > capacity_ - begin_) {
    resize(capacity_);
  }
  check(end_ < capacity_, "a read has room");
  return {data_.get() + end_, capacity_ - end_};
}

std::variant<std::string_view, Inbox::More, Inbox::Damaged> Inbox::next() {
  const auto found = wire::read_frame({data_.get() + begin_, rest()});
  if (const auto* corrupt = std::get_if<wire::Corrupt>(&found)) {
    return Damaged{std::string(corrupt->reason)};
  }
  const auto* frame = std::get_if<wire::Frame>(&found);
  const std::size_t size =
      frame != nullptr ? frame->size : std::get<wire::Incomplete>(found).needed;
  if (size > largest_ + wire::frame_overhead) {
    return Damaged{"a message of " + std::to_string(size - wire::frame_overhead) +
                   " bytes; the largest is " + std::to_string(largest_)};
  }
  if (frame == nullptr) {
    needed_ = size;
    return More{};
  }
  begin_ += size;
  return frame->payload;
}

// Moves what is there to the front of a buffer of that capacity.
void Inbox::resize(std::size_t capacity) {
  const std::size_t size = rest();
  if (capacity == capacity_) {
    std::memmove(data_.get(), data_.get() + begin_, size);
  } else {
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size > 0) std::memcpy(larger.get(), data_.get() + begin_, size);
    data_ = std::move(larger);
    capacity_ = capacity;
  }
  begin_ = 0;
  end_ = size;
}

}  // namespace lockstep::net
