// Choices: where the chance of a property comes from. A list of numbers, read one after another,
// each turned into a choice; when it is used up, every further choice is the first one.
//
// A generated value is what a function makes of its choices. So one generator, that of the list, is
// all that has to know how to shrink: fewer numbers make smaller values, smaller numbers earlier
// choices. Put what is simplest first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::properties {

class Choices {
 public:
  explicit Choices(std::vector<std::uint32_t> numbers) : numbers_(std::move(numbers)) {}

  // In [0, bound); 0 < bound. A smaller number never makes a larger choice.
  std::uint64_t below(std::uint64_t bound) {
    if (bound > (std::uint64_t{1} << 32)) return any() % bound;
    return (std::uint64_t{next()} * bound) >> 32;
  }
  // In [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  // Of all 64-bit numbers, small ones as often as large ones.
  std::uint64_t any() {
    const std::uint64_t bits = below(65);
    const std::uint64_t high = next();
    const std::uint64_t number = high << 32 | next();
    return bits == 0 ? 0 : number >> (64 - bits);
  }
  // True `in` of `of` times; false when nothing is left.
  bool chance(std::uint64_t in, std::uint64_t of) { return below(of) >= of - in; }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items.at(below(items.size()));
  }
  template <class T>
  T pick(std::initializer_list<T> items) {
    return *(items.begin() + below(items.size()));
  }
  std::string text(std::size_t longest) {
    std::string made(below(longest + 1), 'a');
    for (char& c : made) c = static_cast<char>('a' + below(26));
    return made;
  }
  [[nodiscard]] bool exhausted() const { return at_ >= numbers_.size(); }

 private:
  std::uint32_t next() { return exhausted() ? 0 : numbers_[at_++]; }

  std::vector<std::uint32_t> numbers_;
  std::size_t at_ = 0;
};

}  // namespace lockstep::properties
