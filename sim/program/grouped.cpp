#include "sim/program/grouped.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "core/text/to_text.hpp"
#include "sim/program/csv_text.hpp"
#include "sim/stats/windows.hpp"
#include "sim/trace/history_reader.hpp"

namespace lockstep::sim {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

const Texts history_keys{"verb", "key", "client"};
const std::string latency = "latency_ms";

std::string table_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || fs::is_directory(file) || (in.peek() != EOF && !(text << in.rdbuf())))
    throw NoRun(fmt::format("{}: cannot be read; name a sweep's or a run's folder, or a CSV in it",
                            file.string()));
  return text.str();
}

[[noreturn]] void refuse_table(const std::string& file, const std::string& why) {
  throw BrokenRun(fmt::format("{}: {}", file, why));
}

bool has_name(const Texts& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::size_t column_place(const std::string& file, const Texts& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    refuse_table(file, fmt::format("has no column '{}'; it has {}", name, fmt::join(names, ", ")));
  return static_cast<std::size_t>(found - names.begin());
}

std::optional<double> finite_number(const std::string& field) {
  double value = 0;
  const char* const end = field.data() + field.size();
  const auto result = std::from_chars(field.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Groups in the order in which they came up.
class Groups {
 public:
  explicit Groups(std::size_t columns) : columns_(columns) {}
  Group& at(const Texts& key) {
    const auto [it, added] = places_.try_emplace(key, groups_.size());
    if (added) groups_.push_back({key, std::vector<std::vector<double>>(columns_)});
    return groups_[it->second];
  }
  std::vector<Group> take() { return std::move(groups_); }

 private:
  std::size_t columns_;
  std::map<Texts, std::size_t> places_;
  std::vector<Group> groups_;
};

struct CsvTable {
  std::string file;
  Texts header, lines;  // lines without the header
  [[nodiscard]] Texts fields(std::size_t line) const {
    Texts fields = csv_fields(lines[line]);
    if (fields.size() != header.size())
      refuse_table(file, fmt::format("line {}: {} fields, expected {}; run it again", line + 2,
                                     fields.size(), header.size()));
    return fields;
  }
};

CsvTable csv_of(const fs::path& file) {
  CsvTable csv{file.string(), {}, csv_lines(table_text(file))};
  if (csv.lines.empty() || csv.lines[0].empty()) refuse_table(csv.file, "is empty; run it again");
  if (csv.lines[0].find('\0') != std::string::npos)
    refuse_table(csv.file, "is no CSV text; name a runs.csv, a metrics.csv or a folder with one");
  csv.header = csv_fields(csv.lines[0]);
  csv.lines.erase(csv.lines.begin());
  return csv;
}

// Columns of which every field is a number or empty.
Texts numeric_columns(const CsvTable& csv) {
  std::vector<bool> numeric(csv.header.size(), true);
  for (std::size_t line = 0; line < csv.lines.size(); ++line) {
    const Texts fields = csv.fields(line);
    for (std::size_t i = 0; i < fields.size(); ++i)
      numeric[i] = numeric[i] && (fields[i].empty() || finite_number(fields[i]));
  }
  Texts names;
  for (std::size_t i = 0; i < numeric.size(); ++i)
    if (numeric[i]) names.push_back(csv.header[i]);
  return names;
}

// What is asked for where nothing is said, by the kind of table.
void choose_columns(const CsvTable& csv, const Wanted& wanted, Grouped& out) {
  const Texts& header = csv.header;
  const auto at = [&](const char* name) { return std::find(header.begin(), header.end(), name); };
  out.columns = wanted.columns;
  out.by = wanted.by.value_or(Texts{});
  const auto point = at("point"), seed = at("seed"), digest = at("digest");
  if (point < seed && seed < digest && digest != header.end()) {
    if (!wanted.by) out.by.assign(point + 1, seed);
    if (out.columns.empty()) out.columns.assign(digest + 1, header.end());
  } else if (out.columns.empty()) {
    out.columns = numeric_columns(csv);
  }
  if (!wanted.by && header.size() > 1 && header[0] == "point" && header[1] == "figure")
    out.by = {"figure"};
  if (wanted.columns.empty())
    std::erase_if(out.columns, [&](const std::string& name) {
      return has_name(out.by, name) || name == "from_s" || name == "point";
    });
  if (out.columns.empty())
    refuse_table(csv.file, "has no column of numbers; name one with --column");
}

Grouped group_csv(const CsvTable& csv, const Wanted& wanted) {
  if (wanted.window) refuse_table(csv.file, "has no operations; --window is for a run's history");
  Grouped out;
  choose_columns(csv, wanted, out);
  std::vector<std::size_t> by, columns;
  for (const auto& name : out.by) by.push_back(column_place(csv.file, csv.header, name));
  for (const auto& name : out.columns) columns.push_back(column_place(csv.file, csv.header, name));
  const auto verdict = std::find(csv.header.begin(), csv.header.end(), "verdict");
  Groups groups(columns.size());
  for (std::size_t line = 0; line < csv.lines.size(); ++line) {
    const Texts fields = csv.fields(line);
    Texts key;
    for (const std::size_t place : by) key.push_back(fields[place]);
    Group& group = groups.at(key);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::string& field = fields[columns[c]];
      if (field.empty()) continue;
      const auto value = finite_number(field);
      if (!value)
        refuse_table(csv.file,
                     fmt::format("line {}: {}: '{}' is not a number; name another --column",
                                 line + 2, out.columns[c], field));
      group.samples[c].push_back(*value);
    }
    out.not_passed += verdict != csv.header.end() &&
                      fields[static_cast<std::size_t>(verdict - csv.header.begin())] != "pass";
  }
  out.rows = csv.lines.size();
  out.groups = groups.take();
  return out;
}

std::string key_in(const HistoryOperation& operation, const std::string& name) {
  return name == "verb"  ? operation.verb
         : name == "key" ? operation.key
                         : display_name(operation.client);
}

std::vector<Group> in_windows_of(const std::vector<std::pair<Texts, std::vector<Reading>>>& series,
                                 Duration length) {
  std::vector<Group> groups;
  for (const auto& [key, readings] : series) {
    for (Window& window : in_windows(readings, length)) {
      groups.push_back({key, {std::move(window.values)}});
      groups.back().key.push_back(fmt::format("{}", window.from.since_start().seconds()));
    }
  }
  return groups;
}

Grouped group_history(const fs::path& file, const Wanted& wanted) {
  std::vector<HistoryOperation> history;
  try {
    history = read_history_ndjson(table_text(file));
  } catch (const HistoryRefused& refused) {
    refuse_table(file.string(), refused.what());
  }
  Grouped out;
  out.by = wanted.by.value_or(wanted.window ? Texts{} : Texts{"verb"});
  for (const auto& name : out.by) column_place(file.string(), history_keys, name);
  for (const auto& name : wanted.columns) column_place(file.string(), {latency}, name);
  out.columns = {latency};
  std::map<Texts, std::size_t> places;
  std::vector<std::pair<Texts, std::vector<Reading>>> series;
  for (const HistoryOperation& operation : history) {
    if (operation.outcome != HistoryOperation::Outcome::ok) continue;
    Texts key;
    for (const auto& name : out.by) key.push_back(key_in(operation, name));
    const auto [it, added] = places.try_emplace(key, series.size());
    if (added) series.emplace_back(key, std::vector<Reading>{});
    const Duration took = operation.returned - operation.invoked;
    series[it->second].second.push_back({operation.invoked, took.milliseconds()});
    ++out.rows;
  }
  if (out.rows == 0)
    refuse_table(file.string(),
                 "no operation ended ok; name another file, as metrics.csv beside it");
  if (wanted.window) {
    constexpr std::int64_t most = 100'000;
    for (const HistoryOperation& operation : history)
      if (operation.invoked.ns() / wanted.window->ns() > most)
        refuse_table(file.string(),
                     fmt::format("more than {} windows; name a longer --window", most));
    out.by.push_back("from_s");
    out.groups = in_windows_of(series, *wanted.window);
    return out;
  }
  Groups groups(1);
  for (const auto& [key, readings] : series)
    for (const Reading& reading : readings) groups.at(key).samples[0].push_back(reading.value);
  out.groups = groups.take();
  return out;
}

// The file of a folder that has what is wanted.
fs::path table_file(const fs::path& result, const Wanted& wanted) {
  if (!fs::is_directory(result)) return result;
  if (fs::exists(result / "runs.csv")) return result / "runs.csv";
  const bool of_history =
      wanted.window || wanted.columns.empty() || wanted.columns == Texts{latency};
  const fs::path file = result / (of_history ? "history.ndjson" : "metrics.csv");
  if (fs::exists(file)) return file;
  throw NoRun(fmt::format(
      "{}: holds no results; name a folder that lockstep sweep or lockstep run wrote{}",
      result.string(),
      fs::exists(result / "runs.incomplete.csv") ? ", or the runs.incomplete.csv in it" : ""));
}

}  // namespace

Grouped group_result(const fs::path& result, const Wanted& wanted) {
  const fs::path file = table_file(result, wanted);
  Grouped out =
      file.extension() == ".ndjson" ? group_history(file, wanted) : group_csv(csv_of(file), wanted);
  out.result = result.string();
  out.file = file.string();
  return out;
}

}  // namespace lockstep::sim
