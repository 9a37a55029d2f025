// Bits: a set of the chunks of one file.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep::flood {

class Bits {
 public:
  Bits() = default;
  explicit Bits(std::uint32_t size, bool all = false)
      : size_(size), words_((std::size_t{size} + 63) / 64, all ? ~std::uint64_t{0} : 0) {
    if (all && size % 64 != 0) words_.back() >>= 64 - size % 64;
  }
  // The lowest bit of the first byte first; what lies beyond `size` is left out.
  static Bits from_bytes(std::uint32_t size, const std::vector<std::uint8_t>& bytes) {
    Bits bits(size);
    for (std::uint32_t i = 0; i < size && i / 8 < bytes.size(); ++i) {
      if ((bytes[i / 8] >> (i % 8)) & 1) bits.set(i);
    }
    return bits;
  }
  [[nodiscard]] std::vector<std::uint8_t> bytes() const {
    std::vector<std::uint8_t> out((std::size_t{size_} + 7) / 8);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<std::uint8_t>(words_[i / 8] >> (8 * (i % 8)));
    return out;
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] bool test(std::uint32_t i) const { return (words_[i / 64] >> (i % 64)) & 1; }
  void set(std::uint32_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  void reset(std::uint32_t i) { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
  [[nodiscard]] std::uint32_t count() const {
    std::uint32_t sum = 0;
    for (const auto word : words_) sum += static_cast<std::uint32_t>(std::popcount(word));
    return sum;
  }
  [[nodiscard]] bool all() const { return count() == size_; }

  // The first from `start` on that is here and not in `other`, of the same size; size() when there
  // is none.
  [[nodiscard]] std::uint32_t next_without(const Bits& other, std::uint32_t start) const {
    for (std::size_t w = start / 64; w < words_.size(); ++w) {
      std::uint64_t word = words_[w] & ~other.words_[w];
      if (w == start / 64) word &= ~std::uint64_t{0} << (start % 64);
      if (word != 0)
        return static_cast<std::uint32_t>(w * 64) +
               static_cast<std::uint32_t>(std::countr_zero(word));
    }
    return size_;
  }

  friend bool operator==(const Bits&, const Bits&) = default;

 private:
  std::uint32_t size_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace lockstep::flood
