#include "sim/program/sweep_rows.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "sim/program/csv_text.hpp"
#include "sim/stats/quantiles.hpp"

namespace lockstep::sim {
namespace {

// A value of an axis is JSON; a text of one line stands in the table without its quotes.
std::string axis_field(const std::string& value) {
  const auto parsed = nlohmann::json::parse(value, nullptr, false);
  if (!parsed.is_string() || parsed.get_ref<const std::string&>().find('\n') != std::string::npos)
    return csv_field(value);
  return csv_field(parsed.get_ref<const std::string&>());
}

std::vector<std::string> lines_of(const std::string& table) {
  auto lines = csv_lines(table);
  if (lines.empty() || !lines.front().starts_with("run,point,")) {
    throw std::runtime_error("not a runs.csv: its first line does not start with run,point");
  }
  return lines;
}

template <class Number>
Number number_in(const std::string& field, std::size_t line) {
  Number value{};
  const char* const end = field.data() + field.size();
  const auto result = std::from_chars(field.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end)
    throw std::runtime_error(fmt::format("line {}: '{}' is not a number", line, field));
  return value;
}

std::string number(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string summary_row(const std::string& point, const std::string& figure,
                        std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += value;
  std::string row = fmt::format("{},{},{},{:.6g}", point, figure, values.size(),
                                sum / static_cast<double>(values.size()));
  for (const double q : {0.01, 0.1, 0.5, 0.9, 0.99, 1.0})
    row += fmt::format(",{:.6g}", quantile_of_sorted(values, q));
  return row + "\n";
}

}  // namespace

std::uint64_t sweep_size(const Scenario& scenario) {
  std::uint64_t points = 1;
  for (const SweepAxis& axis : scenario.sweep.axes) points *= axis.values.size();
  return points * scenario.sweep.repeat;
}

SweepRun sweep_run(const Scenario& scenario, std::uint64_t number) {
  return {number, number / scenario.sweep.repeat, scenario.seed + number % scenario.sweep.repeat};
}

std::string runs_header(const Scenario& scenario, const Outcome& sample) {
  std::string header = "run,point";
  for (const SweepAxis& axis : scenario.sweep.axes) header += "," + csv_field(axis.path);
  header += ",seed,verdict,digest";
  for (const auto& [name, value] : sample.figures) header += "," + name;
  return header + "\n";
}

std::string runs_row(const Scenario& scenario, const SweepRun& run, const Overrides& point,
                     const Outcome& outcome) {
  std::string row = fmt::format("{},{}", run.number, run.point);
  for (std::size_t i = 0; i < scenario.sweep.axes.size(); ++i)
    row += "," + axis_field(point[i].second);
  row += fmt::format(",{},{},{}", run.seed, name_of(outcome.verdict), digest_text(outcome.digest));
  for (const auto& [name, value] : outcome.figures) row += "," + number(value);
  return row + "\n";
}

std::string points_table(const std::string& runs) {
  const auto lines = lines_of(runs);
  const auto names = csv_fields(lines.front());
  const auto digest = std::find(names.begin(), names.end(), "digest");
  if (digest == names.end()) throw std::runtime_error("not a runs.csv: it has no column digest");
  const auto first = static_cast<std::size_t>(digest - names.begin()) + 1;
  std::map<std::pair<std::uint64_t, std::size_t>, std::vector<double>> samples;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto fields = csv_fields(lines[i]);
    if (fields.size() != names.size())
      throw std::runtime_error(
          fmt::format("line {}: {} fields, expected {}", i + 1, fields.size(), names.size()));
    const auto point = number_in<std::uint64_t>(fields[1], i + 1);
    for (std::size_t f = first; f < fields.size(); ++f) {
      if (!fields[f].empty()) samples[{point, f}].push_back(number_in<double>(fields[f], i + 1));
    }
  }
  std::string table = "point,figure,n,mean,p1,p10,p50,p90,p99,max\n";
  for (auto& [key, values] : samples)
    table += summary_row(std::to_string(key.first), names[key.second], values);
  return table;
}

std::string merge_runs(const std::vector<std::string>& tables) {
  std::map<std::uint64_t, std::string> rows;
  std::string header;
  for (const auto& table : tables) {
    const auto lines = lines_of(table);
    if (!header.empty() && lines.front() != header)
      throw std::runtime_error("the tables have different columns: they are not of one sweep");
    header = lines.front();
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const auto run = number_in<std::uint64_t>(lines[i].substr(0, lines[i].find(',')), i + 1);
      if (!rows.emplace(run, lines[i]).second)
        throw std::runtime_error(fmt::format("run {} is there twice", run));
    }
  }
  std::string merged = header + "\n";
  for (const auto& [run, row] : rows) merged += row + "\n";
  return merged;
}

}  // namespace lockstep::sim
