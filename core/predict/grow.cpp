#include "core/predict/grow.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "core/base/check.hpp"

namespace lockstep::predict {
namespace {

// The place of the n-th lowest bit that is set, counted from 0.
std::uint32_t nth_bit(std::uint64_t bits, std::uint64_t n) {
  for (; n > 0; --n) bits &= bits - 1;
  return static_cast<std::uint32_t>(std::countr_zero(bits));
}

}  // namespace

Grower::Grower(Rows rows, std::uint32_t sample, std::uint32_t height_limit,
               std::span<const std::uint64_t> average_path_lengths_q32)
    : rows_(rows),
      size_(sample),
      height_limit_(height_limit),
      averages_q32_(average_path_lengths_q32),
      order_(rows.size()),
      sample_(rows.width * sample),
      places_(sample),
      aside_(sample) {
  check(rows.width >= 1 && rows.width <= 64, "a row has 1 to 64 attributes");
  check(sample >= 2 && sample <= rows.size() && sample <= 4096, "a sample has 2 to 4096 rows");
  std::iota(order_.begin(), order_.end(), 0u);
}

void Grower::grow(Random& random, std::vector<IsolationForest::Node>& out) {
  draw_sample(random);
  std::iota(places_.begin(), places_.end(), Place{0});
  grow(places_, ~std::uint64_t{0} >> (64 - rows_.width), 0, random, out);
}

void Grower::draw_sample(Random& random) {
  // The first part of a shuffle (Fisher, Yates); of what order it starts from does not matter.
  if (size_ < order_.size()) {
    for (std::size_t i = 0; i < size_; ++i)
      std::swap(order_[i], order_[i + random.below(order_.size() - i)]);
  }
  for (std::size_t i = 0; i < size_; ++i) {
    const auto row = rows_.row(order_[i]);
    for (std::size_t a = 0; a < row.size(); ++a) sample_[a * size_ + i] = row[a];
  }
}

// `varying`: the attributes that are not known to be the same in all of `rows`.
void Grower::grow(std::span<Place> rows, std::uint64_t varying, std::uint32_t depth, Random& random,
                  std::vector<IsolationForest::Node>& out) {
  const std::size_t here = out.size();
  const std::uint64_t length = (std::uint64_t{depth} << 32) + averages_q32_[rows.size()];
  out.push_back({static_cast<std::int64_t>(length), IsolationForest::leaf, 0});
  if (rows.size() <= 1 || depth >= height_limit_) return;
  const auto cut = draw_cut(rows, varying, random);
  if (!cut) return;
  const std::size_t left = part(rows, *cut);
  out[here].value = cut->split;
  out[here].attribute = cut->attribute;
  grow(rows.first(left), varying, depth + 1, random, out);
  out[here].right = static_cast<std::uint32_t>(out.size());
  grow(rows.subspan(left), varying, depth + 1, random, out);
}

// Uniform among the attributes that vary: one that turns out not to is put back and never drawn
// again below, so that most ranges need not be looked at.
std::optional<Grower::Cut> Grower::draw_cut(std::span<const Place> rows, std::uint64_t& varying,
                                            Random& random) const {
  while (varying != 0) {
    const auto count = static_cast<std::uint64_t>(std::popcount(varying));
    const std::uint32_t attribute = nth_bit(varying, random.below(count));
    const std::int64_t* values = column(attribute);
    std::int64_t low = values[rows[0]], high = low;
    for (const Place place : rows) {
      low = std::min(low, values[place]);
      high = std::max(high, values[place]);
    }
    if (low < high) return Cut{attribute, random.between(low + 1, high)};
    varying &= ~(std::uint64_t{1} << attribute);
  }
  return std::nullopt;
}

// Rows below the split come first; how many. No branch depends on a value: half of them would be
// foretold wrongly.
std::size_t Grower::part(std::span<Place> rows, const Cut& cut) {
  const std::int64_t* values = column(cut.attribute);
  std::size_t left = 0, right = 0;
  for (const Place place : rows) {
    const bool below = values[place] < cut.split;
    rows[left] = place;
    aside_[right] = place;
    left += below;
    right += !below;
  }
  std::copy_n(aside_.begin(), right, rows.begin() + static_cast<std::ptrdiff_t>(left));
  return left;
}

}  // namespace lockstep::predict
