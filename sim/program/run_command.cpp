// run: one scenario, once; what it leaves is in its folder.
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>

#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/interrupts.hpp"
#include "sim/program/results.hpp"
#include "sim/program/subprocess.hpp"
#include "sim/program/terminal.hpp"
#include "sim/trace/story.hpp"

namespace lockstep::sim {
namespace {

struct RunFlags {
  ScenarioFlags scenario;
  std::string out = "results/runs";
  std::string on = "simulator";
  bool trace = false, json = false, quiet = false, twice = false, no_write = false;
  std::uint64_t trace_steps = 100'000;
};

// On Ctrl-C: says what stays. A folder that is being written keeps its name .partial.
char interrupted_note[4096];
extern "C" void on_interrupt(int) {
  [[maybe_unused]] const auto written =
      write(STDERR_FILENO, interrupted_note, std::strlen(interrupted_note));
  _exit(exit_interrupted);
}
void announce_on_interrupt(const std::string& note) {
  const std::size_t length = std::min(note.size(), sizeof interrupted_note - 1);
  std::memcpy(interrupted_note, note.data(), length);
  interrupted_note[length] = '\0';
  signal(SIGINT, on_interrupt);
  signal(SIGTERM, on_interrupt);
}

// The same words for the program that runs scenarios against lockstepd processes. Returns only when
// it cannot be started.
int run_on_processes(const RunFlags& flags) {
  const std::pair<bool, const char*> simulator_only[] = {
      {flags.trace, "--trace"}, {flags.twice, "--twice"}, {flags.no_write, "--no-write"}};
  for (const auto& [given, name] : simulator_only) {
    if (!given) continue;
    fmt::print(stderr, "lockstep: {} is for the simulator; leave it out with --on processes\n",
               name);
    return exit_usage;
  }
  std::vector<std::string> words{"lockstep-processes", "run", flags.scenario.file, "--out",
                                 flags.out};
  if (flags.scenario.seed)
    words.insert(words.end(), {"--seed", std::to_string(*flags.scenario.seed)});
  for (const auto& setting : flags.scenario.settings) words.insert(words.end(), {"--set", setting});
  if (flags.json) words.emplace_back("--json");
  if (flags.quiet) words.emplace_back("--quiet");
  return become_sibling(words);
}

// The digest of the same run in another process.
std::string digest_elsewhere(const RunFlags& flags) {
  std::vector<std::string> arguments{
      "run", flags.scenario.file, "--fabric", flags.scenario.fabric, "--json", "--no-write"};
  if (flags.scenario.seed)
    arguments.insert(arguments.end(), {"--seed", std::to_string(*flags.scenario.seed)});
  for (const auto& setting : flags.scenario.settings)
    arguments.insert(arguments.end(), {"--set", setting});
  const std::string output = output_of_self(arguments);
  const auto answer = nlohmann::json::parse(output, nullptr, false);
  return answer.is_object() ? answer.value("digest", "none") : "none";
}

void print_story(const Scenario& scenario, const Recording& recording, const Outcome& outcome) {
  fmt::print("{}\n", emphasised(scenario.title));
  if (!scenario.why.empty()) fmt::print("{}\n", scenario.why);
  fmt::print("\n");
  for (const auto& line : tell_story(recording.lines(), outcome.history, scenario.protocol))
    fmt::print("{}\n", line);
  fmt::print("\n");
}

int run(const RunFlags& flags) {
  if (flags.on == "processes") return run_on_processes(flags);
  const Scenario scenario = flags.scenario.load();
  const FabricKind kind = flags.scenario.kind();
  std::optional<RunFolder> folder;
  if (!flags.no_write) {
    const HoldsInterrupts held;  // no folder without a note that names it
    folder.emplace(flags.out, scenario);
    announce_on_interrupt(
        fmt::format("\nlockstep: interrupted; nothing was finished, {} may be deleted\n",
                    folder->partial().string()));
  }
  Recording recording(flags.trace_steps);
  RunOptions options;
  if (flags.trace || !flags.no_write || (!flags.quiet && !flags.json)) {
    options.listener = [&](TraceLine&& line) {
      if (flags.trace) print_line(line);
      recording(std::move(line));
    };
  }
  const auto start = std::chrono::steady_clock::now();
  Outcome outcome;
  try {
    outcome = execute(scenario, kind, options);
  } catch (...) {
    if (folder) folder->abandon();
    throw;
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;

  RunRecord record{&scenario,
                   &outcome,
                   &recording,
                   std::string(name_of(kind)),
                   flags.scenario.command_line("run"),
                   wall.count(),
                   {}};
  std::string path;
  if (folder) {
    write_run(*folder, record);
    path = folder->complete().string();
  }
  int code = exit_code(outcome.verdict);
  if (flags.twice) {
    const std::string again = digest_elsewhere(flags);
    if (again != digest_text(outcome.digest)) {
      outcome.reasons.push_back("not deterministic: another process computed the digest " + again);
      code = exit_not_deterministic;
    }
  }
  if (flags.json) {
    auto summary = summary_json(record);
    summary["path"] = path;
    fmt::print("{}\n", summary.dump());
    return code;
  }
  if (!flags.quiet) {
    print_story(scenario, recording, outcome);
    if (!path.empty()) fmt::print("report: {}/report.html\n", path);
    if (!recording.complete()) {
      fmt::print("the trace keeps the first {} of {} steps in full; --trace-steps keeps more\n",
                 flags.trace_steps, recording.steps_total());
    }
  }
  for (const auto& reason : outcome.reasons) fmt::print("{}\n", reason);
  if (!scenario.expect.violates.empty() && outcome.verdict == RunVerdict::pass) {
    fmt::print("broken as expected: {}\n", scenario.expect.violates);
  }
  fmt::print(
      "verdict: {}  digest: {}  seed: {}  fabric: {}  steps: {}{}\n",
      coloured_verdict(outcome.verdict), digest_text(outcome.digest), scenario.seed, name_of(kind),
      outcome.steps,
      flags.twice ? (code == exit_not_deterministic ? "  twice: DIFFERENT" : "  twice: same") : "");
  return code;
}

}  // namespace

Action add_run(CLI::App& app) {
  auto* command = app.add_subcommand(
      "run", "Run a scenario once: story, verdict, report. Exit 0 pass, 1 violated, 2 undecided.");
  auto flags = std::make_shared<RunFlags>();
  flags->scenario.add_to(*command, "simgrid");
  command->add_option("--out", flags->out, "folder that gets <scenario>/<stamp>/")
      ->capture_default_str();
  command
      ->add_option("--on", flags->on,
                   "simulator, or processes: real lockstepd processes on this machine")
      ->check(CLI::IsMember({"simulator", "processes"}))
      ->capture_default_str();
  command->add_flag("--trace", flags->trace, "print every step as it happens");
  command
      ->add_option("--trace-steps", flags->trace_steps,
                   "steps kept in full for trace.ndjson and the report")
      ->check(refuse_unless_whole)
      ->capture_default_str();
  command->add_flag("--json", flags->json, "print one JSON object and nothing else");
  command->add_flag("--quiet", flags->quiet, "print the verdict only");
  command->add_flag("--twice", flags->twice,
                    "run again in another process; exit 3 if the digests differ");
  command->add_flag("--no-write", flags->no_write, "leave no folder");
  return [flags] {
    try {
      return run(*flags);
    } catch (const OutputError& error) {
      fmt::print(stderr, "{}\n", error.what());
      return exit_cannot_create;
    }
  };
}

}  // namespace lockstep::sim
