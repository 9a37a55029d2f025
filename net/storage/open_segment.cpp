#include "net/storage/open_segment.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/check.hpp"

namespace lockstep::net::storage {
namespace {

constexpr std::size_t kept_blocks = 256;

}  // namespace

OpenSegment::OpenSegment(std::unique_ptr<File> file, std::uint64_t number, std::uint64_t size,
                         std::uint64_t used)
    : file_(std::move(file)), number_(number), size_(size), used_(used), blocks_(1) {
  check(used <= size, "a segment holds what is in it");
  const std::uint64_t begin = block_begin(used);
  const std::string tail = begin == used ? std::string() : file_->read(begin, used - begin);
  check(tail.size() == used - begin, "what a segment holds can be read");
  std::memcpy(bytes_of(blocks_), tail.data(), tail.size());
}

void OpenSegment::append(std::string_view frames) {
  check(frames.size() <= left(), "the frames fit");
  const std::uint64_t begin = block_begin(used_);
  const std::uint64_t end = used_ + frames.size();
  blocks_.resize(std::max<std::size_t>(1, blocks_for(end - begin)));
  std::memcpy(bytes_of(blocks_) + (used_ - begin), frames.data(), frames.size());
  // The last block of a file may be a part of one.
  const std::uint64_t written =
      std::min<std::uint64_t>(blocks_.size() * block_bytes, size_ - begin);
  file_->write(begin, first_bytes(blocks_, written));
  file_->sync();
  used_ = end;
  const std::size_t last = (end - begin) / block_bytes;
  blocks_[0] = last < blocks_.size() ? blocks_[last] : Block{};
  blocks_.resize(1);
  if (blocks_.capacity() > kept_blocks) blocks_.shrink_to_fit();
}

}  // namespace lockstep::net::storage
