// Hash tables of 128-bit fingerprints; insert and look up only.
//
// The fingerprint stands for what it was made from: two different things that share one are taken
// for the same. With 50 million entries that happens once in 10^23 runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace lockstep::sim {

struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
  friend constexpr Fingerprint operator^(Fingerprint a, Fingerprint b) {
    return {a.high ^ b.high, a.low ^ b.low};
  }
};

// A permutation of 64 bits that scatters (the finisher of splitmix64).
[[nodiscard]] constexpr std::uint64_t scatter(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// Unrelated fingerprints for consecutive numbers, one family a salt.
[[nodiscard]] constexpr Fingerprint fingerprint_of(std::uint64_t number, std::uint64_t salt) {
  const std::uint64_t seed = scatter(number * 0x9E3779B97F4A7C15u + salt);
  return {seed, scatter(seed + 0x9E3779B97F4A7C15u)};
}

class FingerprintTable {
 public:
  // The value stored under `key`, valid until the next insertion, and true if `value` went in.
  std::pair<std::uint32_t&, bool> insert(Fingerprint key, std::uint32_t value) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    Slot& slot = find(key);
    if (slot.used) return {slot.value, false};
    slot = {key, value, true};
    ++size_;
    return {slot.value, true};
  }

 private:
  struct Slot {
    Fingerprint key;
    std::uint32_t value = 0;
    bool used = false;
  };

  Slot& find(Fingerprint key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(key.low) & mask;
    while (slots_[at].used && !(slots_[at].key == key)) at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    std::vector<Slot> old =
        std::exchange(slots_, std::vector<Slot>(slots_.empty() ? 64 : 2 * slots_.size()));
    for (const Slot& slot : old)
      if (slot.used) find(slot.key) = slot;
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

// Fingerprints that were seen; it forgets all of them rather than hold more than `most`.
class FingerprintSet {
 public:
  explicit FingerprintSet(std::size_t most) : most_(most) {}

  // False if it was there.
  bool insert(Fingerprint key) {
    if (key == Fingerprint{}) key.high = 1;  // that one means a free slot
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    if (find(key) == key) return false;
    if (size_ == most_) {
      std::fill(slots_.begin(), slots_.end(), Fingerprint{});
      size_ = 0;
    }
    find(key) = key;
    ++size_;
    return true;
  }

 private:
  Fingerprint& find(Fingerprint key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(key.low) & mask;
    while (!(slots_[at] == Fingerprint{}) && !(slots_[at] == key)) at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    std::vector<Fingerprint> old =
        std::exchange(slots_, std::vector<Fingerprint>(slots_.empty() ? 64 : 2 * slots_.size()));
    for (const Fingerprint key : old)
      if (!(key == Fingerprint{})) find(key) = key;
  }

  std::vector<Fingerprint> slots_;
  std::size_t size_ = 0;
  std::size_t most_;
};

}  // namespace lockstep::sim
