#include "sim/program/results.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <system_error>

#include "sim/faults/targets.hpp"
#include "sim/program/metrics.hpp"
#include "sim/program/version.hpp"
#include "sim/report/report.hpp"
#include "sim/trace/ndjson.hpp"
#include "sim/trace/shiviz.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;

void require_writable(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw OutputError(fmt::format("{}: cannot make this folder: {}; choose another with --out",
                                  folder.string(), error.message()));
  }
  const fs::path probe = folder / fmt::format(".probe-{}", getpid());
  std::ofstream file(probe);
  file << "x";
  file.close();
  if (!file) {
    throw OutputError(fmt::format("{}: cannot write into this folder; choose another with --out",
                                  folder.string()));
  }
  fs::remove(probe, error);
}

RunFolder::RunFolder(const fs::path& out, const Scenario& scenario) {
  const fs::path runs =
      out / fmt::format("{}-{}", scenario.protocol, fs::path(scenario.file).stem().string());
  require_writable(runs);
  const std::string stamp =
      fmt::format("{:%Y%m%dT%H%M%SZ}-seed{}", fmt::gmtime(std::time(nullptr)), scenario.seed);
  for (int again = 1;; ++again) {
    final_ = runs / (again == 1 ? stamp : fmt::format("{}-{}", stamp, again));
    partial_ = final_.string() + ".partial";
    std::error_code error;
    if (!fs::exists(final_) && fs::create_directory(partial_, error)) return;
    if (error || again > 1000) {
      throw OutputError(fmt::format("{}: cannot make this folder: {}; choose another with --out",
                                    partial_.string(), error.message()));
    }
  }
}

void RunFolder::write(const std::string& name, const std::string& content) const {
  std::ofstream file(partial_ / name, std::ios::binary);
  file << content;
  file.close();
  if (!file) {
    throw OutputError(fmt::format(
        "{}: cannot write {}: is the disk full? What was written so far stays in that folder",
        partial_.string(), name));
  }
}

fs::path RunFolder::complete() {
  std::error_code error;
  fs::rename(partial_, final_, error);
  if (error)
    throw OutputError(fmt::format("{}: cannot be renamed to {}: {}", partial_.string(),
                                  final_.string(), error.message()));
  const fs::path latest = final_.parent_path() / "latest";
  const fs::path next = final_.parent_path() / fmt::format(".latest-{}", getpid());
  fs::create_directory_symlink(final_.filename(), next, error);
  if (!error) fs::rename(next, latest, error);
  if (error)
    throw OutputError(
        fmt::format("{}: cannot point at the run: {}; the run itself is complete in {}",
                    latest.string(), error.message(), final_.string()));
  return final_;
}

void RunFolder::abandon() {
  std::error_code ignored;  // a folder that stays keeps its honest name, .partial
  fs::remove_all(partial_, ignored);
}

namespace {

nlohmann::ordered_json number_or_null(double value) {
  return std::isnan(value) ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(value);
}

nlohmann::ordered_json digest_json(const Outcome& outcome) {
  return outcome.digest == 0 ? nlohmann::ordered_json(nullptr)
                             : nlohmann::ordered_json(digest_text(outcome.digest));
}

nlohmann::ordered_json violations_json(const Outcome& outcome) {
  auto list = nlohmann::ordered_json::array();
  for (const Violation& v : outcome.violations) {
    list.push_back({{"rule", v.rule},
                    {"text", v.text},
                    {"node", v.node == nobody ? "" : name_of_endpoint(v.node)},
                    {"t_ns", v.at.ns()}});
  }
  return list;
}

}  // namespace

nlohmann::ordered_json summary_json(const RunRecord& record) {
  const Outcome& outcome = *record.outcome;
  nlohmann::ordered_json figures = nlohmann::ordered_json::object();
  for (const auto& [name, value] : outcome.figures) figures[name] = number_or_null(value);
  return {{"verdict", name_of(outcome.verdict)},
          {"digest", digest_json(outcome)},
          {"seed", record.scenario->seed},
          {"fabric", record.fabric},
          {"violations", violations_json(outcome)},
          {"figures", figures},
          {"reasons", outcome.reasons},
          {"witnesses", outcome.witnesses},
          {"steps", outcome.steps},
          {"ended_ns", outcome.ended.ns()},
          {"title", record.scenario->title},
          {"why", record.scenario->why},
          {"source", record.scenario->source},
          {"protocol", record.scenario->protocol},
          {"expected_violation", record.scenario->expect.violates}};
}

nlohmann::ordered_json manifest_json(const RunRecord& record) {
  nlohmann::ordered_json manifest{
      {"lockstep", version_text()},
      {"commit", commit_text()},
      {"compiler", compiler_text()},
      {"build_type", build_type_text()},
      {"command", record.command},
      {"scenario_file", record.scenario->file},
      {"seed", record.scenario->seed},
      {"fabric", record.fabric},
      {"started_utc", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
      {"wall_seconds", record.wall_seconds},
      {"digest", digest_json(*record.outcome)},
      {"steps_total", record.recording->steps_total()},
      {"trace_complete", record.recording->complete()},
      {"effective_scenario", nlohmann::ordered_json::parse(record.scenario->effective)}};
  if (record.more.is_object()) manifest.update(record.more);
  return manifest;
}

void write_run(const RunFolder& folder, const RunRecord& record) {
  const auto manifest = manifest_json(record);
  const auto summary = summary_json(record);
  const auto& lines = record.recording->lines();
  folder.write("manifest.json", manifest.dump(2) + "\n");
  folder.write("summary.json", summary.dump(2) + "\n");
  std::ostringstream trace, history;
  write_trace(trace, lines);
  write_history(history, record.outcome->history);
  folder.write("trace.ndjson", trace.str());
  folder.write("history.ndjson", history.str());
  folder.write("metrics.csv", metrics_csv(*record.outcome));
  folder.write("trace.shiviz", to_shiviz(lines));
  ReportInput input;
  input.manifest = nlohmann::json(manifest);
  input.summary = nlohmann::json(summary);
  if (input.summary["digest"].is_null()) input.summary.erase("digest");
  input.lines = &lines;
  input.steps_total = record.recording->steps_total();
  input.history = &record.outcome->history;
  input.nodes = record.scenario->nodes;
  input.clients = record.scenario->workload.clients;
  input.duration = record.outcome->ended.since_start();
  folder.write("report.html", render_report(input));
}

}  // namespace lockstep::sim
