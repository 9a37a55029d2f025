// Isolation Forest (Liu, Ting, Zhou, "Isolation forest", ICDM 2008): trees of random cuts. A row
// that few cuts set apart from the others is unusual.
//
// Rows are integers; the caller chooses their scale, fine enough that what differs differs by many
// units, since a cut falls on a whole number. Columns need no common scale.
// Promises: the same rows, shape and seed give the same forest and scores on every platform.
// Refuses (check): rows wider than 64, fewer than two rows, a score from a forest without trees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/random.hpp"

namespace lockstep::predict {

// `width` attributes each, row after row.
struct Rows {
  std::span<const std::int64_t> values;
  std::size_t width = 1;  // 1..64
  [[nodiscard]] std::size_t size() const { return values.size() / width; }
  [[nodiscard]] std::span<const std::int64_t> row(std::size_t i) const {
    return values.subspan(i * width, width);
  }
};

struct ForestShape {
  std::uint32_t trees = 100;   // > 0
  std::uint32_t sample = 256;  // rows a tree is grown from, drawn without replacement; 2..4096
  // Cuts above a leaf, at most; without one ceil(log2(sample)), the depth of a balanced tree.
  std::optional<std::uint32_t> height_limit;
  friend bool operator==(const ForestShape&, const ForestShape&) = default;
};

// A node of a tree from elsewhere. Children are places in their tree, behind their parent.
struct GivenNode {
  std::optional<std::uint32_t> left;  // none in a leaf
  std::uint32_t right = 0;
  std::uint32_t attribute = 0;
  std::int64_t split = 0;       // rows below it go left
  std::uint32_t instances = 0;  // in a leaf: how many rows ended there
};

class IsolationForest {
 public:
  IsolationForest() = default;  // without trees
  // Trees of min(shape.sample, rows.size()) rows. REQUIRES: at least two rows.
  IsolationForest(Rows rows, const ForestShape& shape, Random& random);
  // Trees from elsewhere: the root is each tree's first node. `average_path_lengths_q32[n]` is
  // c(n) for leaves of n rows; the last one is that of the whole sample, above 0.
  IsolationForest(const std::vector<std::vector<GivenNode>>& trees, std::size_t width,
                  std::span<const std::uint64_t> average_path_lengths_q32);

  [[nodiscard]] bool empty() const { return roots_.empty(); }
  [[nodiscard]] std::size_t trees() const { return roots_.size(); }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }

  // Cuts from the root of `tree` to the leaf of `row`, plus c(rows that ended there); 2^-32.
  [[nodiscard]] std::uint64_t path_length_q32(std::size_t tree,
                                              std::span<const std::int64_t> row) const;
  // In [0, 2^32]: see anomaly_score_q32().
  [[nodiscard]] std::uint64_t score_q32(std::span<const std::int64_t> row) const;

  friend bool operator==(const IsolationForest&, const IsolationForest&) = default;

  static constexpr std::uint32_t leaf = ~std::uint32_t{0};
  struct Node {
    std::int64_t value;       // where rows part; in a leaf its path length, 2^-32
    std::uint32_t attribute;  // or `leaf`
    std::uint32_t right;      // place of the right child; the left one follows its parent
    friend bool operator==(const Node&, const Node&) = default;
  };

 private:
  std::size_t width_ = 0;
  std::uint64_t average_q32_ = 0;     // c(sample)
  std::vector<Node> nodes_;           // tree after tree, parents before children
  std::vector<std::uint32_t> roots_;  // ascending
};

}  // namespace lockstep::predict
