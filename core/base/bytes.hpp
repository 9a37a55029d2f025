// Bytes: an immutable run of bytes that copies share. A value like any other (equal when the
// content is), but a copy costs a count, not an allocation, and the fingerprint of the content is
// computed once: an entry of a log is held by the log, the disk and every message it travels in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/digest.hpp"

namespace lockstep {

class Bytes {
 public:
  Bytes() = default;
  // Implicit: whoever has a text has bytes.
  Bytes(std::string text)
      : content_(text.empty() ? nullptr : std::make_shared<const Content>(std::move(text))) {}
  Bytes(std::string_view text) : Bytes(std::string(text)) {}
  Bytes(const char* text) : Bytes(std::string(text)) {}

  [[nodiscard]] std::string_view view() const {
    return content_ ? std::string_view(content_->text) : std::string_view();
  }
  [[nodiscard]] std::size_t size() const { return content_ ? content_->text.size() : 0; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  // The digest of the content.
  [[nodiscard]] std::uint64_t print() const { return content_ ? content_->print : 0; }

  friend bool operator==(const Bytes& a, const Bytes& b) {
    return a.content_ == b.content_ || a.view() == b.view();
  }

 private:
  struct Content {
    explicit Content(std::string given) : text(std::move(given)) {
      Digest digest;
      digest.bytes(text);
      print = digest.value();
    }
    std::string text;
    std::uint64_t print;
  };
  std::shared_ptr<const Content> content_;  // null when empty
};

// The print covers the size.
inline void fold(Digest& digest, const Bytes& value) { digest.word(value.print()); }

}  // namespace lockstep
