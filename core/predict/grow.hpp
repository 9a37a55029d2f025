// Grows the trees of an Isolation Forest: algorithm 2, iTree, of Liu, Ting, Zhou 2008.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/predict/isolation_forest.hpp"

namespace lockstep::predict {

class Grower {
 public:
  // REQUIRES: 2 <= sample <= min(rows.size(), 4096).
  Grower(Rows rows, std::uint32_t sample, std::uint32_t height_limit,
         std::span<const std::uint64_t> average_path_lengths_q32);

  // Appends one tree of a fresh sample.
  void grow(Random& random, std::vector<IsolationForest::Node>& out);

 private:
  using Place = std::uint16_t;  // of a row in the sample
  struct Cut {
    std::uint32_t attribute;
    std::int64_t split;  // both sides have rows
  };

  void draw_sample(Random& random);
  void grow(std::span<Place> rows, std::uint64_t varying, std::uint32_t depth, Random& random,
            std::vector<IsolationForest::Node>& out);
  [[nodiscard]] std::optional<Cut> draw_cut(std::span<const Place> rows, std::uint64_t& varying,
                                            Random& random) const;
  [[nodiscard]] std::size_t part(std::span<Place> rows, const Cut& cut);
  [[nodiscard]] const std::int64_t* column(std::uint32_t attribute) const {
    return sample_.data() + std::size_t{attribute} * size_;
  }

  Rows rows_;
  std::uint32_t size_;
  std::uint32_t height_limit_;
  std::span<const std::uint64_t> averages_q32_;
  std::vector<std::uint32_t> order_;  // of all rows; the sample is its first part
  std::vector<std::int64_t> sample_;  // column after column
  std::vector<Place> places_, aside_;
};

}  // namespace lockstep::predict
