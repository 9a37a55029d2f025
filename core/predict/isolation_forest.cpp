#include "core/predict/isolation_forest.hpp"

#include <algorithm>
#include <bit>

#include "core/base/check.hpp"
#include "core/predict/grow.hpp"
#include "core/predict/path_length.hpp"

namespace lockstep::predict {
namespace {

using Node = IsolationForest::Node;

// Copies one tree, left before right, so that a left child follows its parent.
struct Copier {
  const std::vector<GivenNode>& tree;
  std::size_t width;
  std::span<const std::uint64_t> averages_q32;
  std::vector<Node>& out;

  void copy(std::uint32_t place, std::uint32_t depth) {
    const GivenNode& node = tree[place];
    const std::size_t here = out.size();
    if (!node.left) {
      check(node.instances < averages_q32.size(), "the average path length of a leaf is given");
      const std::uint64_t length = (std::uint64_t{depth} << 32) + averages_q32[node.instances];
      out.push_back({static_cast<std::int64_t>(length), IsolationForest::leaf, 0});
      return;
    }
    check(*node.left > place && node.right > place, "children stand behind their parent");
    check(*node.left < tree.size() && node.right < tree.size(), "children stand in their tree");
    check(node.attribute < width, "a cut goes through an attribute of the row");
    out.push_back({node.split, node.attribute, 0});
    copy(*node.left, depth + 1);
    out[here].right = static_cast<std::uint32_t>(out.size());
    copy(node.right, depth + 1);
  }
};

}  // namespace

IsolationForest::IsolationForest(Rows rows, const ForestShape& shape, Random& random)
    : width_(rows.width) {
  check(rows.width > 0 && rows.values.size() % rows.width == 0, "all rows are whole");
  check(rows.size() >= 2 && shape.trees > 0, "a forest has trees, and they tell rows apart");
  const auto sample = static_cast<std::uint32_t>(std::min<std::size_t>(shape.sample, rows.size()));
  const auto averages = average_path_lengths_q32(sample);
  const auto balanced = static_cast<std::uint32_t>(std::bit_width(sample - 1));  // ceil(log2)
  Grower grower(rows, sample, shape.height_limit.value_or(balanced), averages);
  average_q32_ = averages.back();
  nodes_.reserve(std::size_t{shape.trees} * sample);
  roots_.reserve(shape.trees);
  for (std::uint32_t tree = 0; tree < shape.trees; ++tree) {
    roots_.push_back(static_cast<std::uint32_t>(nodes_.size()));
    grower.grow(random, nodes_);
  }
}

IsolationForest::IsolationForest(const std::vector<std::vector<GivenNode>>& trees,
                                 std::size_t width,
                                 std::span<const std::uint64_t> average_path_lengths_q32)
    : width_(width) {
  check(!average_path_lengths_q32.empty() && average_path_lengths_q32.back() > 0,
        "the sample's average path length is given");
  average_q32_ = average_path_lengths_q32.back();
  for (const auto& tree : trees) {
    check(!tree.empty(), "a tree has a root");
    roots_.push_back(static_cast<std::uint32_t>(nodes_.size()));
    Copier{tree, width, average_path_lengths_q32, nodes_}.copy(0, 0);
  }
}

std::uint64_t IsolationForest::path_length_q32(std::size_t tree,
                                               std::span<const std::int64_t> row) const {
  check(tree < roots_.size(), "the tree is of this forest");
  check(row.size() == width_, "a row is as wide as those the forest was grown from");
  const Node* nodes = nodes_.data();
  std::uint32_t place = roots_[tree];
  while (nodes[place].attribute != leaf) {
    const Node& node = nodes[place];
    place = row[node.attribute] < node.value ? place + 1 : node.right;
  }
  return static_cast<std::uint64_t>(nodes[place].value);
}

std::uint64_t IsolationForest::score_q32(std::span<const std::int64_t> row) const {
  check(!empty(), "a forest without trees has no score to give");
  std::uint64_t sum = 0;
  for (std::size_t tree = 0; tree < roots_.size(); ++tree) sum += path_length_q32(tree, row);
  return anomaly_score_q32(sum, roots_.size(), average_q32_);
}

}  // namespace lockstep::predict
