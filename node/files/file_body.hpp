// FileBody: the content of a file as the body of an answer, read as it leaves.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "net/http/server.hpp"
#include "node/files/shelf.hpp"

namespace lockstep::node {

class FileBody final : public net::HttpBody {
 public:
  FileBody(OpenFile file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] bool read(std::string& out) override {
    const std::size_t count = std::min<std::uint64_t>(size_ - at_, piece);
    const std::size_t before = out.size();
    out.resize(before + count);
    if (!read_at(*file_, at_, out.data() + before, count)) return false;
    at_ += count;
    return true;
  }
  [[nodiscard]] bool done() const override { return at_ == size_; }

 private:
  static constexpr std::uint64_t piece = 256 * 1024;

  OpenFile file_;
  std::uint64_t size_;
  std::uint64_t at_ = 0;
};

}  // namespace lockstep::node
