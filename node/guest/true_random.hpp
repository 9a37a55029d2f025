// Randomness of the kernel, for the seed of a machine.
#pragma once

#include <sys/random.h>

#include <cstdint>
#include <stdexcept>

namespace lockstep::node {

[[nodiscard]] inline std::uint64_t true_random() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number)
    throw std::runtime_error("the kernel gives no random numbers (getrandom failed)");
  return number;
}

}  // namespace lockstep::node
