// lockstep-processes: runs a scenario file against lockstepd processes on this machine. It takes
// the words of `lockstep run`, which starts it for --on processes.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>

#include "processes/capabilities.hpp"
#include "processes/child.hpp"
#include "processes/protocol.hpp"
#include "processes/world.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/results.hpp"
#include "sim/program/terminal.hpp"
#include "sim/scenario/parse.hpp"
#include "sim/trace/story.hpp"

namespace lockstep::processes {
namespace {

struct RunFlags {
  std::string file, out = "results/runs", program = sibling("lockstepd");
  std::vector<std::string> settings;
  std::optional<std::uint64_t> seed;
  bool json = false, quiet = false;
};

std::string command_line(const RunFlags& flags) {
  std::string line = "./lockstep run " + flags.file + " --on processes";
  if (flags.seed) line += " --seed " + std::to_string(*flags.seed);
  for (const auto& setting : flags.settings) line += " --set '" + setting + "'";
  return line;
}

void print_story(const sim::Scenario& scenario, const sim::Recording& recording,
                 const sim::Outcome& outcome) {
  fmt::print("{}\n", sim::emphasised(scenario.title));
  if (!scenario.why.empty()) fmt::print("{}\n", scenario.why);
  fmt::print("\n");
  for (const auto& line : differences(scenario)) fmt::print("in this world: {}\n", line);
  for (const auto& line : sim::tell_story(recording.lines(), outcome.history, scenario.protocol))
    fmt::print("{}\n", line);
  fmt::print("\n");
}

std::string write(sim::RunFolder& folder, const sim::RunRecord& record) {
  // What nodes left on their disks is of use where something broke.
  if (record.outcome->verdict == sim::RunVerdict::pass) {
    std::filesystem::remove_all(folder.partial() / "nodes" / "keys");
    for (std::uint32_t n = 1; n <= record.scenario->nodes; ++n)
      std::filesystem::remove_all(folder.partial() / "nodes" / fmt::format("n{}", n) / "data");
  }
  write_run(folder, record);
  return folder.complete().string();
}

int run(const RunFlags& flags) {
  const sim::Scenario scenario =
      sim::load_scenario(flags.file, sim::overrides_from(flags.file, flags.settings, flags.seed));
  require_possible(scenario);
  require_runnable(flags.program);
  sim::RunFolder folder(flags.out, scenario);
  const auto start = std::chrono::steady_clock::now();
  sim::Outcome outcome;
  sim::Recording recording(~std::uint64_t{0});
  try {
    ProcessWorld world(scenario, {flags.program, folder.partial()});
    outcome = world.run();
    for (const auto& line : world.trace()) recording(sim::TraceLine(line));
  } catch (const Interrupted&) {
    fmt::print(stderr, "\nlockstep: interrupted; nothing was finished, {} may be deleted\n",
               folder.partial().string());
    return sim::exit_interrupted;
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const nlohmann::ordered_json more{{"differences", differences(scenario)},
                                    {"unknowable_witnesses", protocol_of(scenario)->unknowable()}};
  const sim::RunRecord record{&scenario,           &outcome,     &recording, "processes",
                              command_line(flags), wall.count(), more};
  const std::string path = write(folder, record);
  const int code = exit_code(outcome.verdict);
  if (flags.json) {
    auto summary = summary_json(record);
    summary["path"] = path;
    fmt::print("{}\n", summary.dump());
    return code;
  }
  if (!flags.quiet) {
    print_story(scenario, recording, outcome);
    fmt::print("report: {}/report.html\n", path);
  }
  for (const auto& reason : outcome.reasons) fmt::print("{}\n", reason);
  if (!scenario.expect.violates.empty() && outcome.verdict == sim::RunVerdict::pass)
    fmt::print("broken as expected: {}\n", scenario.expect.violates);
  fmt::print("verdict: {}  digest: none  seed: {}  fabric: processes  steps: {}\n",
             sim::coloured_verdict(outcome.verdict), scenario.seed, outcome.steps);
  return code;
}

int run_command(int argc, char** argv) {
  CLI::App app{"Runs a scenario against lockstepd processes on this machine."};
  app.require_subcommand(1);
  auto* command = app.add_subcommand("run", "Run a scenario once: story, verdict, report.");
  RunFlags flags;
  command->add_option("FILE", flags.file, "the scenario")->required();
  command->add_option("--seed", flags.seed, "run with this seed in place of the scenario's");
  command->add_option("--set", flags.settings, "path=value; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--out", flags.out, "folder that gets <scenario>/<stamp>/")
      ->capture_default_str();
  command->add_option("--lockstepd", flags.program, "the daemon to run")->capture_default_str();
  command->add_flag("--json", flags.json, "print one JSON object and nothing else");
  command->add_flag("--quiet", flags.quiet, "print the verdict only");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "lockstep-processes: {}; see lockstep-processes run --help\n", error.what());
    return sim::exit_usage;
  }
  return run(flags);
}

}  // namespace
}  // namespace lockstep::processes

int main(int argc, char** argv) {
  using namespace lockstep;
  try {
    return processes::run_command(argc, argv);
  } catch (const sim::ScenarioError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return sim::exit_bad_scenario;
  } catch (const sim::OutputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return sim::exit_cannot_create;
  } catch (const std::exception& error) {
    fmt::print(stderr, "lockstep: {}\n", error.what());
    return sim::exit_internal;
  }
}
