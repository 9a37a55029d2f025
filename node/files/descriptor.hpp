// Descriptor: an open file, closed with its last owner.
#pragma once

#include <unistd.h>

#include <memory>

namespace lockstep::node {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};
using OpenFile = std::shared_ptr<const Descriptor>;

}  // namespace lockstep::node
