#include "sim/program/stats_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/program/csv_text.hpp"
#include "sim/stats/ecdf.hpp"

namespace lockstep::sim {
namespace {

using Json = nlohmann::ordered_json;
using Samples = std::vector<double>;

StatsRow stats_row(const std::string& result, const Group& group, const std::string& column,
                   const Samples& samples, const Bootstrap& how) {
  StatsRow row{result, group.key, column, summarize(samples), 0, 0, 0, {}};
  if (samples.empty()) return row;
  row.min = *std::min_element(samples.begin(), samples.end());
  const MeanInterval interval = mean_interval(samples, how);
  row.low = interval.low;
  row.high = interval.high;
  return row;
}

const Samples* samples_in(const Grouped& of, const std::vector<std::string>& key,
                          const std::string& column) {
  const auto place = std::find(of.columns.begin(), of.columns.end(), column);
  const auto group = std::find_if(of.groups.begin(), of.groups.end(),
                                  [&](const Group& one) { return one.key == key; });
  if (place == of.columns.end() || group == of.groups.end()) return nullptr;
  return &group->samples[static_cast<std::size_t>(place - of.columns.begin())];
}

std::string shown_number(double value, int digits) {
  return digits == 0 ? fmt::format("{}", value) : fmt::format("{:.{}g}", value, digits);
}

// Of people's tables: one column for both ends of the interval.
bool for_people(int digits) { return digits != 0; }

}  // namespace

StatsTable stats_of(const std::vector<Grouped>& results, const Bootstrap& how) {
  StatsTable table;
  table.how = how;
  if (!results.empty()) table.by = results.front().by;
  for (const Grouped& of : results) {
    if (of.by != table.by)
      throw BrokenRun(fmt::format(
          "{}: grouped by '{}', not by '{}' as {}; name with --by what both have", of.file,
          fmt::join(of.by, ","), fmt::join(table.by, ","), results.front().file));
    table.sources.push_back({of.result, of.file, of.rows, of.not_passed});
    for (const Group& group : of.groups) {
      for (std::size_t c = 0; c < of.columns.size(); ++c) {
        const Samples& samples = group.samples[c];
        table.rows.push_back(stats_row(of.result, group, of.columns[c], samples, how));
        if (results.size() != 2 || &of == &results[0] || samples.empty()) continue;
        const Samples* other = samples_in(results[0], group.key, of.columns[c]);
        if (other != nullptr && !other->empty())
          table.rows.back().ks = ks_distance(ecdf_of(*other), ecdf_of(samples));
      }
    }
  }
  return table;
}

TextTable text_table(const StatsTable& table, int digits) {
  const bool several = table.sources.size() > 1, two = table.sources.size() == 2;
  TextTable out(1);
  auto& header = out[0];
  if (several) header.push_back("result");
  header.insert(header.end(), table.by.begin(), table.by.end());
  header.insert(header.end(), {"column", "n", "mean"});
  if (for_people(digits))
    header.push_back(fmt::format("{:g} % interval", table.how.confidence * 100));
  else
    header.insert(header.end(), {"mean_low", "mean_high"});
  header.insert(header.end(), {"p50", "p90", "p99", "min", "max"});
  if (two) header.push_back("ks");
  for (const StatsRow& row : table.rows) {
    std::vector<std::string> fields;
    const auto add = [&](double value) {
      fields.push_back(row.summary.n == 0 ? "" : shown_number(value, digits));
    };
    if (several) fields.push_back(row.result);
    fields.insert(fields.end(), row.key.begin(), row.key.end());
    fields.push_back(row.column);
    fields.push_back(std::to_string(row.summary.n));
    add(row.summary.mean);
    if (!for_people(digits)) {
      add(row.low);
      add(row.high);
    } else {
      fields.push_back(row.summary.n == 0 ? ""
                                          : fmt::format("{} to {}", shown_number(row.low, digits),
                                                        shown_number(row.high, digits)));
    }
    for (const double value :
         {row.summary.p50, row.summary.p90, row.summary.p99, row.min, row.summary.max})
      add(value);
    if (two) fields.push_back(row.ks ? shown_number(*row.ks, digits) : "");
    out.push_back(std::move(fields));
  }
  return out;
}

std::string stats_for_people(const StatsTable& table) {
  const TextTable cells = text_table(table, 6);
  const std::size_t words = (table.sources.size() > 1) + table.by.size() + 1;
  std::vector<std::size_t> widths(cells[0].size());
  for (const auto& row : cells)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  for (const auto& row : cells) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += i < words ? fmt::format("{:<{}}  ", row[i], widths[i])
                        : fmt::format("{:>{}}  ", row[i], widths[i]);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  for (const auto& source : table.sources)
    if (source.not_passed > 0)
      out += fmt::format("{}: {} of {} runs did not pass; they are counted\n", source.file,
                         source.not_passed, source.rows);
  return out + fmt::format("interval of the mean: bootstrap, {} resamples, seed {}\n",
                           table.how.resamples, table.how.seed);
}

std::string stats_csv(const StatsTable& table) {
  std::string out;
  for (const auto& row : text_table(table, 0)) {
    for (std::size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : ",") + csv_field(row[i]);
    out += "\n";
  }
  return out;
}

Json stats_json(const StatsTable& table) {
  Json sources = Json::array(), rows = Json::array();
  for (const auto& source : table.sources)
    sources.push_back({{"result", source.result},
                       {"file", source.file},
                       {"rows", source.rows},
                       {"not_passed", source.not_passed}});
  for (const StatsRow& row : table.rows) {
    const auto value = [&](double number) {
      return row.summary.n == 0 ? Json(nullptr) : Json(number);
    };
    Json group = Json::object();
    for (std::size_t i = 0; i < row.key.size(); ++i) group[table.by[i]] = row.key[i];
    rows.push_back({{"result", row.result},
                    {"group", group},
                    {"column", row.column},
                    {"n", row.summary.n},
                    {"mean", value(row.summary.mean)},
                    {"mean_low", value(row.low)},
                    {"mean_high", value(row.high)},
                    {"p50", value(row.summary.p50)},
                    {"p90", value(row.summary.p90)},
                    {"p99", value(row.summary.p99)},
                    {"min", value(row.min)},
                    {"max", value(row.summary.max)},
                    {"ks", row.ks ? Json(*row.ks) : Json(nullptr)}});
  }
  return {{"confidence", table.how.confidence},
          {"resamples", table.how.resamples},
          {"seed", table.how.seed},
          {"results", sources},
          {"rows", rows}};
}

}  // namespace lockstep::sim
