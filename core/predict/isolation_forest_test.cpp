#include "core/predict/isolation_forest.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/check.hpp"
#include "core/predict/path_length.hpp"

using namespace lockstep;
using namespace lockstep::predict;

namespace {

constexpr std::uint64_t one = std::uint64_t{1} << 32;
using Row = std::vector<std::int64_t>;

double plain(std::uint64_t q32) { return static_cast<double>(q32) / static_cast<double>(one); }

double naive_average(std::size_t n) {
  if (n <= 1) return 0;
  if (n == 2) return 1;
  const auto last = static_cast<double>(n - 1);
  return 2 * (std::log(last) + 0.5772156649) - 2 * last / static_cast<double>(n);
}

// One path length at a time, as the paper writes it: grows only the branch that `x` takes, but
// draws for the others too, in the same order as the forest.
double naive_path(const std::vector<Row>& rows, std::vector<std::size_t> attributes, int height,
                  int limit, const Row* x, Random& random) {
  const auto end = height + naive_average(rows.size());
  if (rows.size() <= 1 || height >= limit) return end;
  while (!attributes.empty()) {
    const auto drawn = static_cast<std::ptrdiff_t>(random.below(attributes.size()));
    const std::size_t q = attributes[static_cast<std::size_t>(drawn)];
    const auto [low, high] = std::minmax_element(
        rows.begin(), rows.end(), [q](const Row& a, const Row& b) { return a[q] < b[q]; });
    if ((*low)[q] == (*high)[q]) {
      attributes.erase(attributes.begin() + drawn);
      continue;
    }
    const std::int64_t p = random.between((*low)[q] + 1, (*high)[q]);
    std::vector<Row> left, right;
    for (const Row& row : rows) (row[q] < p ? left : right).push_back(row);
    const bool goes_left = x != nullptr && (*x)[q] < p;
    const bool goes_right = x != nullptr && !goes_left;
    const double in_left =
        naive_path(left, attributes, height + 1, limit, goes_left ? x : nullptr, random);
    const double in_right =
        naive_path(right, attributes, height + 1, limit, goes_right ? x : nullptr, random);
    return goes_left ? in_left : in_right;
  }
  return end;
}

std::vector<Row> random_rows(std::size_t count, std::size_t width, Random& random) {
  std::vector<Row> rows(count, Row(width));
  for (Row& row : rows) {
    for (std::size_t a = 0; a < width; ++a)
      row[a] = a == 1 ? 7 : random.between(0, std::int64_t{1} << (2 * a + 1));
  }
  return rows;
}

std::vector<std::int64_t> flat(const std::vector<Row>& rows) {
  std::vector<std::int64_t> values;
  for (const Row& row : rows) values.insert(values.end(), row.begin(), row.end());
  return values;
}

IsolationForest grown(const std::vector<Row>& rows, const ForestShape& shape, std::uint64_t seed) {
  Random random(seed);
  return IsolationForest(Rows{flat(rows), rows.front().size()}, shape, random);
}

}  // namespace

TEST_CASE("average path lengths: c(1) = 0, c(2) = 1, and the estimate of H") {
  const auto c = average_path_lengths_q32(4096);
  REQUIRE(c.size() == 4097);
  CHECK(c[0] == 0);
  CHECK(c[1] == 0);
  CHECK(c[2] == one);
  for (std::size_t n = 0; n < c.size(); ++n)
    REQUIRE(std::abs(plain(c[n]) - naive_average(n)) < 4e-7);
  CHECK(average_path_lengths_q32(0) == std::vector<std::uint64_t>{0});
}

TEST_CASE("anomaly scores: 1 for a path of no length, a half for the average one") {
  CHECK(anomaly_score_q32(0, 100, one) == one);
  CHECK(anomaly_score_q32(300 * one, 100, 3 * one) == one / 2);
  CHECK(anomaly_score_q32(600 * one, 100, 3 * one) == one / 4);
  CHECK(anomaly_score_q32(31 * one, 1, one) == 2);
  CHECK(anomaly_score_q32(32 * one, 1, one) == 0);
  CHECK_THROWS_AS((void)anomaly_score_q32(1, 0, one), CheckFailed);
  CHECK_THROWS_AS((void)anomaly_score_q32(1, 1, 0), CheckFailed);
  Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t sum = random.below(2000 * one), average = one + random.below(12 * one);
    const double exact = std::exp2(-plain(sum) / 100 / plain(average));
    REQUIRE(std::abs(plain(anomaly_score_q32(sum, 100, average)) - exact) < 2e-7);
  }
}

TEST_CASE("a forest from given trees: cuts to the leaf plus c(rows that ended there)") {
  // x[1] < 10: a leaf of 5 rows; else x[0] < -3: leaves of 1 and 2. The second tree is one leaf.
  const std::vector<std::vector<GivenNode>> trees = {
      {{.left = 1, .right = 4, .attribute = 1, .split = 10},
       {.left = 2, .right = 3, .attribute = 0, .split = -3},
       {.left = {}, .instances = 5},
       {.left = {}, .instances = 1},
       {.left = {}, .instances = 2}},
      {{.left = {}, .instances = 8}}};
  std::vector<std::uint64_t> c = average_path_lengths_q32(8);
  c[2] = one / 4;
  const IsolationForest forest(trees, 2, c);
  CHECK(forest.trees() == 2);
  CHECK(forest.nodes() == 6);
  CHECK(forest.path_length_q32(0, Row{-4, 9}) == 2 * one + c[5]);
  CHECK(forest.path_length_q32(0, Row{-3, 9}) == 2 * one);
  CHECK(forest.path_length_q32(0, Row{-4, 10}) == one + one / 4);
  CHECK(forest.path_length_q32(1, Row{0, 0}) == c[8]);
  CHECK(forest.score_q32(Row{-3, 9}) == anomaly_score_q32(2 * one + c[8], 2, c[8]));
  CHECK_THROWS_AS((void)forest.path_length_q32(2, Row{0, 0}), CheckFailed);
  CHECK_THROWS_AS((void)forest.score_q32(Row{0}), CheckFailed);
}

TEST_CASE("given trees that are none are not taken") {
  const std::vector<std::uint64_t> c = average_path_lengths_q32(4);
  const GivenNode leaf{.left = {}, .instances = 1};
  const GivenNode cut{.left = 1, .right = 2, .attribute = 0, .split = 0};
  const auto build = [&](std::vector<GivenNode> tree) { (void)IsolationForest({tree}, 1, c); };
  build({cut, leaf, leaf});
  CHECK_THROWS_AS(build({}), CheckFailed);
  CHECK_THROWS_AS(build({cut, leaf}), CheckFailed);
  CHECK_THROWS_AS(build({{.left = 0, .right = 1}, leaf}), CheckFailed);
  CHECK_THROWS_AS(build({{.left = 1, .right = 0}, leaf}), CheckFailed);
  CHECK_THROWS_AS(build({{.left = 1, .right = 2, .attribute = 1}, leaf, leaf}), CheckFailed);
  CHECK_THROWS_AS(build({{.left = {}, .instances = 5}}), CheckFailed);
  CHECK_THROWS_AS(IsolationForest({{leaf}}, 1, average_path_lengths_q32(1)), CheckFailed);
}

TEST_CASE("the naive forest finds the same path lengths") {
  Random random(2);
  for (int round = 0; round < 60; ++round) {
    const std::size_t count = 2 + random.below(40), width = 1 + random.below(5);
    const auto rows = random_rows(count, width, random);
    ForestShape shape{.trees = 1, .sample = 64, .height_limit = {}};
    int limit = static_cast<int>(std::ceil(std::log2(static_cast<double>(count))));
    if (round % 3 == 0) {
      limit = round % 2 == 0 ? 1000 : 2;
      shape.height_limit = static_cast<std::uint32_t>(limit);
    }
    const std::uint64_t seed = random.next();
    const IsolationForest forest = grown(rows, shape, seed);
    for (const Row& x : rows) {
      Random again(seed);
      std::vector<std::size_t> attributes(width);
      for (std::size_t a = 0; a < width; ++a) attributes[a] = a;
      const double naive = naive_path(rows, attributes, 0, limit, &x, again);
      REQUIRE(std::abs(plain(forest.path_length_q32(0, x)) - naive) < 4e-7);
    }
  }
}

TEST_CASE("samples are drawn without replacement and from all rows") {
  std::vector<Row> rows;
  for (std::int64_t i = 0; i < 9; ++i) rows.push_back({i});
  // Eight rows that differ have eight leaves; one drawn twice would share its leaf.
  const IsolationForest forest = grown(rows, {.trees = 300, .sample = 8, .height_limit = 100}, 3);
  CHECK(forest.nodes() == 300 * 15);
  // Two rows of 0, 0, 1: alike in a third of the samples, and then one leaf; else three nodes.
  const IsolationForest pairs =
      grown({{0}, {0}, {1}}, {.trees = 3000, .sample = 2, .height_limit = {}}, 4);
  CHECK(pairs.nodes() > 7000 - 210);  // 4 standard deviations
  CHECK(pairs.nodes() < 7000 + 210);
}

TEST_CASE("rows that are all the same are one leaf and neither usual nor unusual") {
  const IsolationForest forest = grown({{5, 5}, {5, 5}, {5, 5}}, {}, 1);
  CHECK(forest.nodes() == 100);
  CHECK(forest.score_q32(Row{5, 5}) == one / 2);
  CHECK(forest.score_q32(Row{900, -1}) == one / 2);
}

TEST_CASE("cuts reach over the whole range of numbers") {
  const std::int64_t low = std::numeric_limits<std::int64_t>::min();
  const std::int64_t high = std::numeric_limits<std::int64_t>::max();
  const IsolationForest forest = grown({{low}, {0}, {high}}, {.height_limit = 10}, 1);
  CHECK(forest.nodes() == 500);
  CHECK(forest.score_q32(Row{low}) > forest.score_q32(Row{0}));
}

TEST_CASE("what is far away scores high, the same for every copy, seed by seed") {
  Random random(5);
  std::vector<Row> rows;
  for (int i = 0; i < 256; ++i) rows.push_back({random.between(0, 1000), random.between(0, 1000)});
  const IsolationForest forest = grown(rows, {}, 6);
  CHECK(plain(forest.score_q32(Row{500, 500})) < 0.5);
  CHECK(plain(forest.score_q32(Row{5000, -4000})) > 0.6);
  CHECK(forest == grown(rows, {}, 6));
  CHECK_FALSE(forest == grown(rows, {}, 7));
  // Pinned: the same on every platform.
  CHECK(forest.score_q32(Row{500, 500}) == 2090679316);
  CHECK(forest.score_q32(Row{5000, -4000}) == 2730516198);
}

TEST_CASE("a forest needs rows, whole ones, two of them, and a shape") {
  Random random(1);
  const Row values = {1, 2, 3, 4};
  CHECK_THROWS_AS(IsolationForest(Rows{values, 3}, {}, random), CheckFailed);
  CHECK_THROWS_AS(IsolationForest(Rows{values, 4}, {}, random), CheckFailed);
  CHECK_THROWS_AS(IsolationForest(Rows{values, 0}, {}, random), CheckFailed);
  CHECK_THROWS_AS(IsolationForest(Rows{values, 1}, {.trees = 0, .height_limit = {}}, random),
                  CheckFailed);
  CHECK_THROWS_AS(IsolationForest(Rows{values, 1}, {.sample = 1, .height_limit = {}}, random),
                  CheckFailed);
  const Row wide(130);
  CHECK_THROWS_AS(IsolationForest(Rows{wide, 65}, {}, random), CheckFailed);
  CHECK(IsolationForest(Rows{Row(128), 64}, {}, random).width() == 64);
  CHECK_THROWS_AS((void)IsolationForest().score_q32(Row{}), CheckFailed);
  CHECK(IsolationForest().empty());
}
