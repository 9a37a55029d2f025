#include "sim/scenario/regions.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "sim/scenario/suggest.hpp"

namespace lockstep::sim {
namespace {

constexpr std::size_t most_regions = 256;

std::vector<std::string> read_names(const Value& value) {
  std::vector<std::string> names;
  for (const Value& item : value.items()) {
    names.push_back(item.string());
    if (names.back().empty()) item.fail("a region needs a name");
    if (std::count(names.begin(), names.end(), names.back()) > 1)
      item.fail(in_quotes(names.back()) + " is there twice; keep one");
    if (names.size() > most_regions)
      item.fail("more than " + std::to_string(most_regions) + " regions; leave some out");
  }
  if (names.empty()) value.fail("is empty; name the regions");
  return names;
}

std::size_t index_of(const Value& at, const std::string& name,
                     const std::vector<std::string>& names) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end())
    at.fail_at_key("unknown region " + in_quotes(name) + "; " + suggestion(name, names));
  return static_cast<std::size_t>(it - names.begin());
}

using Matrix = std::vector<std::vector<std::optional<Duration>>>;

Matrix read_round_trips(const Value& value, const std::vector<std::string>& names) {
  Matrix given(names.size(), std::vector<std::optional<Duration>>(names.size()));
  for (const auto& [from_name, row] : value.members()) {
    const std::size_t from = index_of(row, from_name, names);
    for (const auto& [to_name, cell] : row.members()) {
      const std::size_t to = index_of(cell, to_name, names);
      if (from == to)
        cell.fail("the round trip within a region is the key 'inside'; move it there");
      given[from][to] = cell.duration();
    }
  }
  return given;
}

}  // namespace

Regions load_regions(const std::string& path) {
  const Document document = Document::load(path);
  Reader top(document);
  const Value version = top.need("format");
  if (version.integer(0, 1'000'000) != 1) version.fail("not a known format; write 1");
  (void)top.string("title", "");
  (void)top.string("source", "");
  Regions regions;
  regions.names = read_names(top.need("regions"));
  const Duration inside = top.duration("inside", Duration(0));
  const Value round_trip = top.need("round_trip");
  const Matrix given = read_round_trips(round_trip, regions.names);
  top.finish();

  const std::size_t count = regions.names.size();
  regions.one_way.assign(count, std::vector<Duration>(count, inside / 2));
  for (std::size_t from = 0; from < count; ++from) {
    for (std::size_t to = 0; to < count; ++to) {
      if (from == to) continue;
      const auto length = given[from][to] ? given[from][to] : given[to][from];
      if (!length) {
        round_trip.fail("no round trip between " + in_quotes(regions.names[from]) + " and " +
                        in_quotes(regions.names[to]) + "; add it");
      }
      regions.one_way[from][to] = *length / 2;
    }
  }
  return regions;
}

std::optional<std::string> found_from(const std::string& wanted, const std::string& file) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(file).parent_path();
  for (const fs::path& base : {folder, folder / "..", fs::path("scenarios")}) {
    std::error_code error;
    const fs::path candidate = (base / wanted).lexically_normal();
    if (fs::is_regular_file(candidate, error)) return candidate.string();
  }
  return std::nullopt;
}

std::string find_file(const Value& name) {
  const std::string wanted = name.string();
  if (wanted.empty()) name.fail("is empty; name a file");
  if (const auto found = found_from(wanted, name.file())) return *found;
  name.fail("no file " + in_quotes(wanted) +
            " beside the scenario, one folder above it or in scenarios/; check the name");
}

}  // namespace lockstep::sim
