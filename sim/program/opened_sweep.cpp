#include "sim/program/opened_sweep.hpp"

#include <fmt/core.h>

#include <fstream>

#include "core/base/digest.hpp"
#include "sim/program/results.hpp"
#include "sim/program/sweep_rows.hpp"
#include "sim/program/version.hpp"
#include "sim/program/whole_files.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

using ManifestJson = nlohmann::ordered_json;

// Which build made a sweep of what, beside its tables.
ManifestJson manifest_of_sweep(const std::string& command, const Scenario& scenario,
                               FabricKind fabric) {
  return {{"lockstep", version_text()},
          {"commit", commit_text()},
          {"compiler", compiler_text()},
          {"build_type", build_type_text()},
          {"command", command},
          {"scenario_file", scenario.file},
          {"protocol", scenario.protocol},
          {"seed", scenario.seed},
          {"fabric", name_of(fabric)},
          {"runs", sweep_size(scenario)},
          {"effective_scenario", ManifestJson::parse(scenario.effective)}};
}

// A commit with changes on top, or none, does not say what was built: then the program itself does.
std::string mark_of_build() {
  if (!commit_text().ends_with("-dirty") && commit_text() != "unknown") return "";
  Digest digest;
  digest.bytes(read_whole("/proc/self/exe", "is /proc mounted?"));
  return digest_text(digest.value());
}

ManifestJson manifest_of_tables(const fs::path& folder) {
  std::ifstream file(folder / "manifest.json");
  auto manifest = ManifestJson::parse(file, nullptr, false);
  return manifest.is_object() && fs::exists(folder / "runs.csv") ? manifest : ManifestJson();
}

// What stands in a kept plan or a manifest, to be read like a file.
Scenario scenario_kept(const ManifestJson& manifest) {
  return parse_scenario(manifest.value("scenario_file", ""),
                        manifest.value("effective_scenario", ManifestJson::object()).dump());
}

void adopt(OpenedSweep& sweep, std::optional<SweepPlan> kept, std::uint64_t shards) {
  if (!kept) return;
  sweep.under_way = true;
  sweep.unlike = unlike_sweeps(kept->manifest, sweep.plan.manifest);
  if (sweep.unlike.empty() && kept->digest != sweep.plan.digest)
    sweep.unlike = "a file that the scenario names, or a program, that was another one";
  if (sweep.unlike.empty() && shards != 0 && kept->shards != sweep.plan.shards)
    sweep.unlike = fmt::format("{} shards, not {}", kept->shards, sweep.plan.shards);
  sweep.plan = std::move(*kept);
}

OpenedSweep open_folder(const SweepFlags& flags) {
  const fs::path folder = fs::absolute(flags.scenario.file).lexically_normal();
  auto kept = SweepShards::kept_plan(folder);
  const ManifestJson of_tables = manifest_of_tables(folder);
  if (!kept && of_tables.is_null())
    throw NoSweep(fmt::format(
        "{}: holds no sweep, finished or not; name a folder that lockstep sweep writes, or a "
        "scenario",
        flags.scenario.file));
  const ManifestJson& manifest = kept ? kept->manifest : of_tables;
  std::error_code ignored;  // paths that are found from here do as well
  if (kept) fs::current_path(kept->directory, ignored);
  ScenarioFlags same = flags.scenario;
  same.fabric = manifest.value("fabric", "loop");
  const FabricKind fabric = same.kind();
  SweepWork work(scenario_kept(manifest), fabric);
  auto wanted = manifest_of_sweep(manifest.value("command", ""), work.scenario, fabric);
  SweepPlan plan = plan_of(work.scenario, work.at_point, std::move(wanted), mark_of_build(), "",
                           kept ? kept->shards : 0);
  OpenedSweep sweep{std::move(work), folder, std::move(plan), false, "", of_tables};
  adopt(sweep, std::move(kept), 0);
  return sweep;
}

}  // namespace

void OpenedSweep::require_alike() const {
  if (!unlike.empty())
    throw OutputError(fmt::format(
        "{}: holds an unfinished sweep with {}; finish that one, choose another --out, or forget "
        "it with --afresh",
        folder.string(), unlike));
}

OpenedSweep open_sweep(const SweepFlags& flags) {
  if (flags.of_folder()) return open_folder(flags);
  SweepWork work(flags.scenario.load(), flags.scenario.kind());
  auto manifest =
      manifest_of_sweep(flags.scenario.command_line("sweep"), work.scenario, work.fabric);
  SweepPlan plan = plan_of(work.scenario, work.at_point, std::move(manifest), mark_of_build(),
                           fs::current_path().string(), flags.shards);
  const fs::path folder =
      fs::path(flags.out) /
      fmt::format("{}-{}", work.scenario.protocol, fs::path(work.scenario.file).stem().string());
  OpenedSweep sweep{std::move(work), folder, std::move(plan),
                    false,           "",     manifest_of_tables(folder)};
  if (!flags.afresh) adopt(sweep, SweepShards::kept_plan(folder), flags.shards);
  return sweep;
}

}  // namespace lockstep::sim
