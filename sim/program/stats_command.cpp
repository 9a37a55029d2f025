// stats: what sweeps and runs measured, in numbers that say how sure they are.
#include <fmt/core.h>

#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/stats_rows.hpp"

namespace lockstep::sim {
namespace {

struct StatsFlags {
  std::vector<std::string> results, columns, by;
  std::string window;
  Bootstrap how;
  bool json = false, csv = false;
};

Wanted wanted_by(const StatsFlags& flags, const CLI::Option& by) {
  Wanted wanted;
  wanted.columns = flags.columns;
  if (!by.empty()) {
    wanted.by = flags.by;
    std::erase(*wanted.by, "");
  }
  if (!flags.window.empty()) wanted.window = parse_duration(flags.window);
  return wanted;
}

int print_stats(const StatsFlags& flags, const CLI::Option& by) {
  try {
    std::vector<Grouped> grouped;
    for (const std::string& result : flags.results)
      grouped.push_back(group_result(result, wanted_by(flags, by)));
    const StatsTable table = stats_of(grouped, flags.how);
    if (flags.json)
      fmt::print("{}\n",
                 stats_json(table).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    else
      fmt::print("{}", flags.csv ? stats_csv(table) : stats_for_people(table));
    return exit_pass;
  } catch (const NoRun& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_no_input;
  } catch (const BrokenRun& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_bad_scenario;
  }
}

std::string refuse_unless_length(const std::string& text) {
  const auto length = parse_duration(text);
  return length && length->ns() > 0 ? ""
                                    : fmt::format("'{}' is no length of time, as \"1 s\"", text);
}

}  // namespace

Action add_stats(CLI::App& app) {
  auto* command = app.add_subcommand(
      "stats", "Print what sweeps and runs measured: mean with its interval, quantiles.");
  auto flags = std::make_shared<StatsFlags>();
  command->add_option("RESULTS", flags->results, "folders of sweeps and runs, or CSV files")
      ->required();
  command->add_option("--column", flags->columns, "this figure only; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  auto* by = command->add_option("--by", flags->by,
                                 "a group for each value of these columns; otherwise the axes of a "
                                 "sweep, the verb of an operation; \"\": one group");
  by->take_all()->allow_extra_args(false)->delimiter(',');
  command
      ->add_option("--window", flags->window,
                   "of a run: a group for each such time, as \"1 s\", by when operations began")
      ->check(refuse_unless_length);
  command->add_option("--seed", flags->how.seed, "of the bootstrap")
      ->check(refuse_unless_whole)
      ->capture_default_str();
  command->add_option("--resamples", flags->how.resamples, "of the bootstrap")
      ->check(CLI::Range(1u, 1'000'000u))
      ->capture_default_str();
  auto* json = command->add_flag("--json", flags->json, "print one JSON object and nothing else");
  command->add_flag("--csv", flags->csv, "print a CSV with all digits")->excludes(json);
  return [flags, by] { return print_stats(*flags, *by); };
}

}  // namespace lockstep::sim
