// sweep: many runs of one scenario over its axes and seeds; merge: shards of one sweep into one
// table.
#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/results.hpp"
#include "sim/program/sweep_rows.hpp"
#include "sim/program/terminal.hpp"
#include "sim/program/version.hpp"
#include "sim/program/workers.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

struct SweepFlags {
  ScenarioFlags scenario;
  std::string out = "results/sweeps";
  std::string shard = "1/1";
  unsigned jobs = 2;
  bool quiet = false;
};

struct Shard {
  std::uint64_t place = 1;
  std::uint64_t of = 1;
};

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto place = std::from_chars(text.data(), end, shard.place);
  const auto of = place.ptr == end ? place : std::from_chars(place.ptr + 1, end, shard.of);
  if (place.ec != std::errc() || of.ec != std::errc() || *place.ptr != '/' || of.ptr != end ||
      shard.place < 1 || shard.place > shard.of) {
    throw CLI::ValidationError("--shard", "expected i/N with 1 <= i <= N, as in 2/4");
  }
  return shard;
}

void write_whole(const fs::path& path, const std::string& content) {
  const fs::path partial = path.string() + ".partial";
  std::ofstream file(partial, std::ios::binary);
  file << content;
  file.close();
  if (!file)
    throw OutputError(fmt::format("{}: cannot write; is the disk full?", partial.string()));
  fs::rename(partial, path);
}

std::string read_whole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || file.bad())
    throw OutputError(
        fmt::format("{}: cannot read; name a runs.csv or a folder that holds one", path.string()));
  return text.str();
}

void print_points(const std::string& points) {
  std::istringstream lines(points);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string cell, row;
    for (int i = 0; std::getline(cells, cell, ','); ++i)
      row += i == 1 ? fmt::format(" {:<22}", cell) : fmt::format("{:>10}", cell);
    fmt::print("{}\n", row);
  }
}

// Which build made a sweep of what, beside its tables.
std::string sweep_manifest(const SweepFlags& flags, const Scenario& scenario) {
  return nlohmann::ordered_json{
             {"lockstep", version_text()},
             {"commit", commit_text()},
             {"compiler", compiler_text()},
             {"build_type", build_type_text()},
             {"command", flags.scenario.command_line("sweep")},
             {"scenario_file", scenario.file},
             {"protocol", scenario.protocol},
             {"seed", scenario.seed},
             {"fabric", flags.scenario.fabric},
             {"runs", sweep_size(scenario)},
             {"effective_scenario", nlohmann::ordered_json::parse(scenario.effective)}}
             .dump(2) +
         "\n";
}

int sweep(const SweepFlags& flags) {
  const Scenario scenario = flags.scenario.load();
  const FabricKind kind = flags.scenario.kind();
  const Shard shard = parse_shard(flags.shard);
  const auto points = sweep_points(scenario.sweep);
  std::vector<Scenario> at_point;
  for (const auto& point : points) at_point.push_back(scenario_at(scenario, point));
  const fs::path folder =
      fs::path(flags.out) /
      fmt::format("{}-{}", scenario.protocol, fs::path(scenario.file).stem().string());
  require_writable(folder);

  Jobs jobs;
  for (std::uint64_t number = 0; number < sweep_size(scenario); ++number) {
    if (number % shard.of == shard.place - 1) jobs.numbers.push_back(number);
  }
  jobs.process_each = kind == FabricKind::simgrid;
  jobs.workers = std::max(1u, flags.jobs);
  jobs.perform = [&](std::uint64_t number) {
    const SweepRun run = sweep_run(scenario, number);
    Scenario one = at_point[run.point];
    one.seed = run.seed;
    RunOptions options;
    options.keep_history = false;
    const Outcome outcome = execute(one, kind, options);
    std::string answer =
        runs_header(scenario, outcome) + runs_row(scenario, run, points[run.point], outcome);
    return answer;
  };
  const auto start = std::chrono::steady_clock::now();
  JobResults results;
  {
    Progress progress("runs", jobs.numbers.size());
    results = run_jobs(jobs, [&](std::uint64_t count) { progress.done(count); });
  }
  for (const auto& error : results.errors) fmt::print(stderr, "{}: {}\n", scenario.file, error);
  if (results.answers.empty()) {
    fmt::print(stderr, "lockstep: no run finished\n");
    return results.interrupted ? exit_interrupted : exit_internal;
  }
  std::string runs;
  std::uint64_t not_passed = 0;
  for (const auto& [number, answer] : results.answers) {
    const auto split = answer.find('\n') + 1;
    if (runs.empty()) runs = answer.substr(0, split);
    const std::string row = answer.substr(split);
    not_passed += row.find(",pass,") == std::string::npos;
    runs += row;
  }
  const bool whole = shard.of == 1 && !results.interrupted && results.errors.empty();
  const std::string name = results.interrupted || !results.errors.empty() ? "runs.incomplete.csv"
                           : shard.of == 1
                               ? "runs.csv"
                               : fmt::format("runs.{}-of-{}.csv", shard.place, shard.of);
  write_whole(folder / name, runs);
  if (whole) {
    const std::string table = points_table(runs);
    write_whole(folder / "points.csv", table);
    write_whole(folder / "manifest.json", sweep_manifest(flags, scenario));
    if (!flags.quiet) print_points(table);
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  fmt::print("{} runs of {} in {:.1f} s on {}, {} not passed: {}\n", results.answers.size(),
             sweep_size(scenario), wall.count(), name_of(kind), not_passed,
             (folder / name).string());
  if (results.interrupted) {
    fmt::print(stderr, "lockstep: interrupted; the {} runs that were finished are in {}\n",
               results.answers.size(), (folder / name).string());
    return exit_interrupted;
  }
  if (!results.errors.empty()) return exit_internal;
  return not_passed == 0 ? exit_pass : exit_violated;
}

template <class Body>
int with_output_errors(const Body& body) {
  try {
    return body();
  } catch (const OutputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_cannot_create;
  } catch (const CLI::ValidationError& error) {
    fmt::print(stderr, "lockstep: {}\n", error.what());
    return exit_usage;
  }
}

}  // namespace

Action add_sweep(CLI::App& app) {
  auto* command = app.add_subcommand(
      "sweep",
      "Run a scenario over its sweep: runs.csv, points.csv. Exit 1 if any run did not pass.");
  auto flags = std::make_shared<SweepFlags>();
  flags->scenario.add_to(*command, "loop");
  command->add_option("--jobs", flags->jobs, "processes")
      ->capture_default_str()
      ->check(CLI::Range(1u, 1024u));
  command->add_option("--shard", flags->shard, "i/N: every N-th run, beginning with the i-th")
      ->capture_default_str();
  command->add_option("--out", flags->out, "folder that gets <scenario>/runs.csv")
      ->capture_default_str();
  command->add_flag("--quiet", flags->quiet, "print the last line only");
  return [flags] { return with_output_errors([&] { return sweep(*flags); }); };
}

Action add_merge(CLI::App& app) {
  auto* command = app.add_subcommand(
      "merge",
      "Merge the shards of a sweep: FOLDER/runs.csv and points.csv, as if it had been one.");
  auto out = std::make_shared<std::string>();
  auto shards = std::make_shared<std::vector<std::string>>();
  command->add_option("--out", *out, "folder for runs.csv and points.csv")->required();
  command->add_option("SHARD", *shards, "runs.<i>-of-<N>.csv files")->required();
  return [out, shards] {
    return with_output_errors([&] {
      std::vector<std::string> tables;
      for (const auto& shard : *shards) tables.push_back(read_whole(shard));
      std::string runs, points;
      try {
        runs = merge_runs(tables);
        points = points_table(runs);
      } catch (const std::runtime_error& error) {
        fmt::print(stderr, "lockstep merge: {}\n", error.what());
        return exit_usage;
      }
      require_writable(*out);
      write_whole(fs::path(*out) / "runs.csv", runs);
      write_whole(fs::path(*out) / "points.csv", points);
      fmt::print("{} tables merged into {}/runs.csv\n", tables.size(), *out);
      return exit_pass;
    });
  };
}

}  // namespace lockstep::sim
