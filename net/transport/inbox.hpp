// Inbox: bytes as they come from a stream, and the messages whole in them.
//
// Use: read into space(), say arrived(), take messages with next() until there is none. Memory
// follows what has arrived, not what a length claims, and falls back after a large message.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace lockstep::net {

class Inbox {
 public:
  // `usual` bytes are held from the start; a payload above `largest` is damage.
  Inbox(std::size_t usual, std::size_t largest);

  // Never empty. Ends the life of what next() gave.
  [[nodiscard]] std::span<char> space();
  void arrived(std::size_t bytes) { end_ += bytes; }

  struct More {};
  struct Damaged {
    std::string reason;
  };
  [[nodiscard]] std::variant<std::string_view, More, Damaged> next();

  // Bytes of a message that is not whole yet.
  [[nodiscard]] std::size_t rest() const { return end_ - begin_; }
  void set_limits(std::size_t usual, std::size_t largest);

 private:
  void resize(std::size_t capacity);

  std::size_t usual_, largest_;
  std::size_t capacity_ = 0;
  std::unique_ptr<char[]> data_;
  std::size_t begin_ = 0, end_ = 0;
  std::size_t needed_ = 0;  // bytes from begin_ that next() waits for
};

}  // namespace lockstep::net
