// Source: the bytes a Reader still has to read, and whether all was well so far.
//
// The first thing that is wrong uses the input up; from then on there are only zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace lockstep::wire {

class Source {
 public:
  explicit Source(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool complete() const { return good_ && at_ == end_; }
  [[nodiscard]] const char* place() const { return at_; }

  // At most `most`; anything else, or a form longer than needed, is refused.
  std::uint64_t varint(std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
    std::uint64_t value = 0;
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) [[likely]] {
      value = static_cast<unsigned char>(*at_++);
    } else {
      value = long_varint();
    }
    if (value > most) [[unlikely]] {
      fail();
      return 0;
    }
    return value;
  }

  // A count of things of at least one byte each, so never more than what is left.
  std::size_t count() {
    const std::uint64_t claimed = varint();
    if (claimed > left()) [[unlikely]] {
      fail();
      return 0;
    }
    return static_cast<std::size_t>(claimed);
  }

  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  // REQUIRES: size <= left().
  std::string_view take(std::size_t size) {
    const std::string_view taken(at_, size);
    at_ += size;
    return taken;
  }

  void fail() {
    good_ = false;
    at_ = end_;
  }

 private:
  std::uint64_t long_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      if (shift == 63 && byte > 1) break;
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) {
        if (byte == 0 && shift > 0) break;  // a shorter form exists
        return value;
      }
    }
    fail();
    return 0;
  }

  const char* at_;
  const char* end_;
  bool good_ = true;
};

}  // namespace lockstep::wire
