// replay: a run again, held against the digest that was recorded; and where two runs part.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/parting.hpp"
#include "sim/program/standstill.hpp"
#include "sim/program/subprocess.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

struct ReplayFlags {
  std::vector<std::string> runs;
  std::string until, fabric;
  bool diff = false, json = false;
};

// What was run, and what it came to.
struct Recorded {
  Scenario scenario;
  FabricKind fabric = FabricKind::loop;
  std::string digest, commit;
};

[[noreturn]] void refuse_usage(const std::string& what) { throw CLI::ValidationError(what); }

FabricKind fabric_of(const std::string& place, const std::string& name) {
  if (name != "simgrid" && name != "loop") {
    throw ScenarioError(place, {}, "fabric",
                        "a run on " + name + " does not repeat itself; run its scenario again");
  }
  if (name == "simgrid" && !simgrid_is_built())
    throw ScenarioError(place, {}, "fabric", "this build has no SimGrid");
  return name == "simgrid" ? FabricKind::simgrid : FabricKind::loop;
}

nlohmann::ordered_json manifest_in(const fs::path& folder) {
  std::ifstream file(folder / "manifest.json");
  auto manifest = nlohmann::ordered_json::parse(file, nullptr, false);
  if (!manifest.is_object() || !manifest.contains("effective_scenario")) {
    throw ScenarioError(folder.string(), {}, "manifest.json",
                        "not there, or not of a run; name the folder that a run left");
  }
  return manifest;
}

Recorded recorded_in(const fs::path& folder) {
  const auto manifest = manifest_in(folder);
  Recorded recorded;
  recorded.fabric = fabric_of(folder.string(), manifest.value("fabric", ""));
  recorded.digest = manifest.value("digest", "");
  recorded.commit = manifest.value("commit", "");
  const std::string seed = std::to_string(manifest.value("seed", std::uint64_t{1}));
  recorded.scenario = parse_scenario(manifest.value("scenario_file", folder.string()),
                                     manifest["effective_scenario"].dump(), {{"seed", seed}});
  return recorded;
}

// A file has no digest yet: another process computes it.
Recorded recorded_elsewhere(const std::string& file, const std::string& fabric) {
  Recorded recorded;
  recorded.fabric = fabric_of(file, fabric);
  recorded.scenario = load_scenario(file);
  const auto answer = nlohmann::json::parse(
      output_of_self({"run", file, "--fabric", fabric, "--json", "--no-write"}), nullptr, false);
  recorded.digest = answer.is_object() ? answer.value("digest", "none") : "none";
  return recorded;
}

// "5 s" or "1234".
Standstill::Until read_until(const std::string& text) {
  Standstill::Until until;
  std::uint64_t step = 0;
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, step);
  if (number.ec == std::errc() && number.ptr == end) {
    until.step = step;
  } else if (const auto time = parse_duration(text)) {
    until.time = Instant() + *time;
  } else {
    refuse_usage("--until: expected a time as \"5 s\" or the number of a step, not '" + text + "'");
  }
  return until;
}

int replay(const ReplayFlags& flags) {
  if (flags.runs.size() != 1) refuse_usage("one RUN or FILE is replayed; two are for --diff");
  std::optional<Standstill> standstill;
  if (!flags.until.empty()) standstill.emplace(read_until(flags.until));
  const std::string& place = flags.runs.front();
  const Recorded recorded =
      fs::is_directory(place) ? recorded_in(place) : recorded_elsewhere(place, flags.fabric);
  RunOptions options;
  if (standstill) options.listener = [&](TraceLine&& line) { (*standstill)(line); };
  const Outcome outcome = execute(recorded.scenario, recorded.fabric, options);
  const std::string digest = digest_text(outcome.digest);
  const bool same = digest == recorded.digest;
  if (flags.json) {
    nlohmann::ordered_json told{{"same", same},
                                {"digest", digest},
                                {"recorded", recorded.digest},
                                {"verdict", name_of(outcome.verdict)},
                                {"steps", outcome.steps},
                                {"until", nullptr}};
    if (standstill) told["until"] = standstill->json();
    fmt::print("{}\n", told.dump());
    return same ? exit_pass : exit_not_deterministic;
  }
  if (standstill) fmt::print("{}", standstill->text());
  if (standstill && !standstill->reached()) fmt::print("the run ends there\n");
  fmt::print("digest: {}  recorded: {}  {}  verdict: {}  steps: {}\n", digest, recorded.digest,
             same ? "same" : "DIFFERENT", name_of(outcome.verdict), outcome.steps);
  if (!same && !recorded.commit.empty())
    fmt::print("it was recorded by the build of {}; replay --diff shows where two runs part\n",
               recorded.commit);
  return same ? exit_pass : exit_not_deterministic;
}

std::ifstream trace_of(const std::string& run) {
  std::ifstream file(fs::path(run) / "trace.ndjson");
  if (!file) {
    throw ScenarioError(run, {}, "trace.ndjson", "cannot be read; name the folder that a run left");
  }
  return file;
}

std::string told_line(const std::optional<nlohmann::ordered_json>& line) {
  if (!line) return "ends";
  const double ms = line->value("t", 0.0) / 1e6;
  std::string text = fmt::format("{:.6f} ms {} {}", ms, line->value("type", ""),
                                 line->value("node", line->value("kind", "")));
  text += " " + line->value("text", "");
  return text;
}

// What explains it before any step does.
void warn_of_unlike(const ReplayFlags& flags) {
  const auto first = manifest_in(flags.runs[0]), second = manifest_in(flags.runs[1]);
  for (const char* key : {"effective_scenario", "seed", "fabric", "commit"}) {
    if (first.value(key, nlohmann::ordered_json()) != second.value(key, nlohmann::ordered_json()))
      fmt::print("not the same in both: {}\n", key);
  }
  const auto warn_of_short = [](const std::string& run, const nlohmann::ordered_json& manifest) {
    if (!manifest.value("trace_complete", true))
      fmt::print("{} keeps its first steps only; run it with a higher --trace-steps\n", run);
  };
  warn_of_short(flags.runs[0], first);
  warn_of_short(flags.runs[1], second);
}

int diff(const ReplayFlags& flags) {
  if (flags.runs.size() != 2 || !flags.until.empty())
    refuse_usage("--diff takes two folders of runs, and no --until");
  std::ifstream first = trace_of(flags.runs[0]), second = trace_of(flags.runs[1]);
  const auto parting = parting_of(first, second);
  if (flags.json) {
    nlohmann::ordered_json told{{"same", !parting}};
    if (parting) {
      told["step"] = parting->step;
      told["line"] = parting->line;
      told["keys"] = parting->keys;
      told["first"] = parting->first ? *parting->first : nlohmann::ordered_json(nullptr);
      told["second"] = parting->second ? *parting->second : nlohmann::ordered_json(nullptr);
    }
    fmt::print("{}\n", told.dump());
    return parting ? exit_violated : exit_pass;
  }
  warn_of_unlike(flags);
  if (!parting) {
    fmt::print("the traces are the same\n");
    return exit_pass;
  }
  fmt::print("the runs part at step {} (line {} of trace.ndjson)\n", parting->step, parting->line);
  fmt::print("  {}: {}\n  {}: {}\n", flags.runs[0], told_line(parting->first), flags.runs[1],
             told_line(parting->second));
  for (const std::string& key : parting->keys) {
    const auto value = [&](const auto& line) {
      return line->contains(key) ? (*line)[key].dump() : "nothing";
    };
    fmt::print("  {}: {} | {}\n", key, value(parting->first), value(parting->second));
  }
  return exit_violated;
}

}  // namespace

Action add_replay(CLI::App& app) {
  auto* command = app.add_subcommand(
      "replay",
      "Run again what a folder or a file says: exit 0 with the same digest, 3 with another one. "
      "--diff RUN RUN: the first step where two runs part; exit 1 where they do.");
  auto flags = std::make_shared<ReplayFlags>();
  command->add_option("RUN", flags->runs, "the folder of a run, or a scenario file")->required();
  command->add_option("--until", flags->until,
                      "print every node's state and the messages under way then: a time as "
                      "\"5 s\", or the number of a step");
  flags->fabric = "loop";
  command->add_option("--fabric", flags->fabric, "of a file: simgrid or loop")
      ->check(CLI::IsMember({"simgrid", "loop"}))
      ->capture_default_str();
  command->add_flag("--diff", flags->diff, "compare the traces of two folders");
  command->add_flag("--json", flags->json, "print one JSON object and nothing else");
  return [flags] {
    try {
      return flags->diff ? diff(*flags) : replay(*flags);
    } catch (const CLI::ValidationError& error) {
      fmt::print(stderr, "lockstep: {}\n", error.what());
      return exit_usage;
    }
  };
}

}  // namespace lockstep::sim
