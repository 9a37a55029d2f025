// The forest against what others published: data, trees and scores lie beside the checkout.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "core/predict/isolation_forest.hpp"
#include "core/predict/path_length.hpp"

using namespace lockstep;
using namespace lockstep::predict;

namespace {

// The tests run in the root of the checkout.
const std::filesystem::path folder = "../shared/data/iforest";
constexpr double unit_q32 = 4294967296.0;
constexpr double per_unit = 1e8;  // the data has eight digits behind the point at most

bool is_here() {
  const bool here = std::filesystem::exists(folder);
  if (!here) std::cout << "skipped: no published forest in " << folder.string() << '\n';
  return here;
}

// The cells of every line that begins with none of `#` and letters.
std::vector<std::vector<std::string>> table(const char* name, bool named_lines = false) {
  std::ifstream file(folder / name, std::ios::binary);
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#' || (!named_lines && std::isalpha(line[0]) != 0)) continue;
    std::istringstream cells(line);
    auto& row = lines.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
  }
  return lines;
}

double number(const std::string& cell) { return std::strtod(cell.c_str(), nullptr); }
std::int64_t units(const std::string& cell) {
  return static_cast<std::int64_t>(std::llround(number(cell) * per_unit));
}

struct Labelled {
  std::vector<std::int64_t> values;
  std::size_t width = 6;
  std::vector<bool> unusual;
  [[nodiscard]] Rows rows() const { return {values, width}; }
};

Labelled mammography() {
  Labelled data;
  for (const auto& cells : table("mammography.csv")) {
    for (std::size_t a = 0; a < data.width; ++a) data.values.push_back(units(cells[a]));
    data.unusual.push_back(number(cells[data.width]) != 0);
  }
  return data;
}

// How probable an unusual row scores above a usual one; ties count half.
double area_under_roc(const IsolationForest& forest, const Labelled& data) {
  std::map<std::uint64_t, std::pair<double, double>> by_score;  // usual, unusual
  for (std::size_t i = 0; i < data.unusual.size(); ++i) {
    auto& [usual, unusual] = by_score[forest.score_q32(data.rows().row(i))];
    (data.unusual[i] ? unusual : usual) += 1;
  }
  double below = 0, pairs = 0, all_unusual = 0;
  for (const auto& [score, counts] : by_score) {
    pairs += counts.second * (below + counts.first / 2);
    below += counts.first;
    all_unusual += counts.second;
  }
  return pairs / (below * all_unusual);
}

}  // namespace

TEST_CASE("a published forest gives every row its published score") {
  if (!is_here()) return;
  std::vector<std::vector<GivenNode>> trees;
  for (const auto& cells : table("linkedin_mammography_trees.csv")) {
    if (cells[1] == "0") trees.emplace_back();
    GivenNode& node = trees.back().emplace_back();
    if (cells[2] != "-1") node.left = static_cast<std::uint32_t>(std::stoul(cells[2]));
    if (cells[3] != "-1") node.right = static_cast<std::uint32_t>(std::stoul(cells[3]));
    if (cells[4] != "-1") node.attribute = static_cast<std::uint32_t>(std::stoul(cells[4]));
    // x < split for whole x just when x < the next whole number.
    node.split = static_cast<std::int64_t>(std::ceil(number(cells[5]) * per_unit));
    if (!node.left) node.instances = static_cast<std::uint32_t>(std::stoul(cells[6]));
  }
  REQUIRE(trees.size() == 100);
  // That library takes the estimate of H for two rows as well.
  std::vector<std::uint64_t> c = average_path_lengths_q32(256);
  c[2] = static_cast<std::uint64_t>(0.15443134 * unit_q32);
  const IsolationForest forest(trees, 6, c);

  double worst = 0;
  const auto scores = table("linkedin_mammography_scores.csv");
  REQUIRE(scores.size() == 11'183);
  for (const auto& cells : scores) {
    std::vector<std::int64_t> row;
    for (std::size_t a = 3; a < 9; ++a) row.push_back(units(cells[a]));
    const double score = static_cast<double>(forest.score_q32(row)) / unit_q32;
    worst = std::max(worst, std::abs(score - number(cells[1])));
  }
  MESSAGE("largest difference " << worst);
  CHECK(worst < 1e-6);
}

TEST_CASE("forests grown on mammography tell the unusual rows as well as others do") {
  if (!is_here()) return;
  const Labelled data = mammography();
  REQUIRE(data.unusual.size() == 11'183);
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Random random(seed);
    sum += area_under_roc(IsolationForest(data.rows(), {}, random), data);
  }
  MESSAGE("mean area under the ROC curve of 10 seeds " << sum / 10);
  CHECK(std::abs(sum / 10 - 0.865) <= 0.015);
}

TEST_CASE("mean path lengths are the expected ones within four standard errors") {
  if (!is_here()) return;
  constexpr std::uint32_t trees = 20'000;
  std::map<std::string, std::vector<std::vector<std::string>>> sets;
  for (const auto& cells : table("exact_1d_expected_path.csv", true))
    if (cells[0] != "dataset") sets[cells[0] + " " + cells[2]].push_back(cells);
  REQUIRE(sets.size() == 8);
  for (const auto& [name, lines] : sets) {
    std::vector<std::int64_t> values;  // fine enough that whole cuts fall as real ones would
    for (const auto& cells : lines) values.push_back(units(cells[3]));
    REQUIRE(values.size() == std::stoul(lines.front()[1]));
    // "none" is a limit that nothing reaches; the others are those of a forest left to itself.
    ForestShape shape{.trees = trees, .sample = 256, .height_limit = {}};
    if (lines.front()[2] == "none") shape.height_limit = 100;
    Random random(11);
    const IsolationForest forest(Rows{values, 1}, shape, random);
    for (std::size_t i = 0; i < values.size(); ++i) {
      double sum = 0, squares = 0;
      for (std::size_t tree = 0; tree < trees; ++tree) {
        const double length =
            static_cast<double>(forest.path_length_q32(tree, std::span(values).subspan(i, 1))) /
            unit_q32;
        sum += length;
        squares += length * length;
      }
      const double mean = sum / trees;
      const double error = std::sqrt((squares / trees - mean * mean) / trees);
      CHECK_MESSAGE(std::abs(mean - number(lines[i][4])) < 4 * error,
                    name << " x = " << lines[i][3] << ": " << mean);
    }
  }
}
