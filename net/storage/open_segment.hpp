// OpenSegment: a segment that takes further frames, and its file.
//
// Writes whole blocks, zeros behind the last frame, so that a file system can take them past its
// cache (files.hpp). The block in which the frames end is written again with the next ones, with
// the same bytes: whatever a crash keeps of that, what was synced is there.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "net/storage/blocks.hpp"
#include "net/storage/files.hpp"

namespace lockstep::net::storage {

class OpenSegment {
 public:
  OpenSegment() = default;  // without a file
  // `used` bytes of `size` are taken, zeros follow. Throws FileError.
  OpenSegment(std::unique_ptr<File> file, std::uint64_t number, std::uint64_t size,
              std::uint64_t used);

  // Writes and syncs. REQUIRES: they fit. Throws FileError, and is of no use then.
  void append(std::string_view frames);

  explicit operator bool() const { return file_ != nullptr; }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t used() const { return used_; }
  [[nodiscard]] std::uint64_t left() const { return size_ - used_; }

 private:
  std::unique_ptr<File> file_;
  std::uint64_t number_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t used_ = 0;
  Blocks blocks_;  // between two calls: the one in which the frames end
};

}  // namespace lockstep::net::storage
