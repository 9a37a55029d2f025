// The rows of `lockstep stats`: what the samples of each group say, and how sure that is; as a
// table for people, CSV and JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/program/grouped.hpp"
#include "sim/stats/bootstrap.hpp"
#include "sim/stats/quantiles.hpp"

namespace lockstep::sim {

struct StatsRow {
  std::string result;
  std::vector<std::string> key;  // a value for each of StatsTable::by
  std::string column;
  Summary summary;  // n = 0: nothing below means anything
  double min = 0, low = 0, high = 0;
  // Kolmogorov and Smirnov's distance from the first result's samples of the same group and column;
  // only with two results, in the rows of the second.
  std::optional<double> ks;
};

struct StatsTable {
  struct Source {
    std::string result, file;
    std::uint64_t rows = 0, not_passed = 0;
  };
  std::vector<Source> sources;
  std::vector<std::string> by;
  std::vector<StatsRow> rows;
  Bootstrap how;
};

// Throws BrokenRun when the results are grouped by different columns.
[[nodiscard]] StatsTable stats_of(const std::vector<Grouped>& results, const Bootstrap& how);

// The names of the columns, and for each row its fields; numbers in `digits` digits, all where it
// is 0. The column `result` is there when there are several, `ks` when there are two.
using TextTable = std::vector<std::vector<std::string>>;
[[nodiscard]] TextTable text_table(const StatsTable& table, int digits);

[[nodiscard]] std::string stats_for_people(const StatsTable& table);
[[nodiscard]] std::string stats_csv(const StatsTable& table);
[[nodiscard]] nlohmann::ordered_json stats_json(const StatsTable& table);

}  // namespace lockstep::sim
