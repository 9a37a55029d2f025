// Results read back as samples in groups, for the tables of `lockstep stats` and `report`.
//
// A result is the folder of a sweep (its runs.csv), the folder of a run (the latencies in its
// history.ndjson, or metrics.csv where a column of that is wanted), or one such file, or any other
// CSV with a header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "sim/program/compared_run.hpp"

namespace lockstep::sim {

struct Wanted {
  std::vector<std::string> columns;            // none: every figure
  std::optional<std::vector<std::string>> by;  // none: the axes of a sweep, the verb of a history
  std::optional<Duration> window;              // of a history: groups by when an operation began
};

struct Group {
  std::vector<std::string> key;              // a value for each of Grouped::by
  std::vector<std::vector<double>> samples;  // for each of Grouped::columns, of rows that have it
};

struct Grouped {
  std::string result;  // as it was named
  std::string file;    // what was read
  std::vector<std::string> by, columns;
  std::vector<Group> groups;  // in the order of their first rows
  std::uint64_t rows = 0;
  std::uint64_t not_passed = 0;  // of a sweep's runs; they are counted like the others
};

// Throws NoRun where nothing is there, BrokenRun where something is no table, lacks a column, or
// has words where numbers should be.
[[nodiscard]] Grouped group_result(const std::filesystem::path& result, const Wanted& wanted);

}  // namespace lockstep::sim
