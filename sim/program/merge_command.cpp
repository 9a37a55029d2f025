// merge: shards of one sweep into one table.
#include <fmt/core.h>

#include <filesystem>

#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/results.hpp"
#include "sim/program/sweep_rows.hpp"
#include "sim/program/whole_files.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

int merge_tables(const std::string& out, const std::vector<std::string>& shards) {
  std::vector<std::string> tables;
  for (const auto& shard : shards)
    tables.push_back(read_whole(shard, "name a runs.csv or a folder that holds one"));
  std::string runs, points;
  try {
    runs = merge_runs(tables);
    points = points_table(runs);
  } catch (const std::runtime_error& error) {
    fmt::print(stderr, "lockstep merge: {}\n", error.what());
    return exit_usage;
  }
  require_writable(out);
  write_whole(fs::path(out) / "runs.csv", runs);
  write_whole(fs::path(out) / "points.csv", points);
  fmt::print("{} tables merged into {}/runs.csv\n", tables.size(), out);
  return exit_pass;
}

}  // namespace

Action add_merge(CLI::App& app) {
  auto* command = app.add_subcommand(
      "merge",
      "Merge the shards of a sweep: FOLDER/runs.csv and points.csv, as if it had been one.");
  auto out = std::make_shared<std::string>();
  auto shards = std::make_shared<std::vector<std::string>>();
  command->add_option("--out", *out, "folder for runs.csv and points.csv")->required();
  command->add_option("SHARD", *shards, "runs.<i>-of-<N>.csv files")->required();
  return [out, shards] {
    try {
      return merge_tables(*out, *shards);
    } catch (const OutputError& error) {
      fmt::print(stderr, "{}\n", error.what());
      return exit_cannot_create;
    }
  };
}

}  // namespace lockstep::sim
