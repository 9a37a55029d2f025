// SHA-256 (FIPS 180-4, sections 4.1.2, 5.1.1 and 6.2): the hash that an adversary, too, cannot
// collide; 32 bytes of up to 2^61 - 1 bytes. core/base/digest.hpp is faster and promises less.
//
// A value: a copy goes on by itself, so that many messages can share the work of one beginning.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/hash.hpp"

namespace lockstep {

class Sha256 {
 public:
  // Appends to what is hashed; the chunks it comes in do not matter.
  void update(std::string_view bytes);
  // The hash of all bytes so far, which may go on growing.
  [[nodiscard]] Hash hash() const;

  friend bool operator==(const Sha256&, const Sha256&) = default;

 private:
  static constexpr std::size_t block_size = 64;

  void compress(std::string_view block);

  // Section 5.3.3: of the square roots of the first 8 primes, the first 32 bits behind the point.
  std::array<std::uint32_t, 8> state_ = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                         0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
  std::uint64_t size_ = 0;               // bytes so far
  std::array<char, block_size> rest_{};  // the last size_ % 64 bytes; zero behind them
};

[[nodiscard]] Hash sha256(std::string_view bytes);

}  // namespace lockstep
