// compare: two runs side by side, as a rule of one scenario in two worlds.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "sim/program/commands.hpp"
#include "sim/program/compared_run.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/terminal.hpp"
#include "sim/trace/story.hpp"

namespace lockstep::sim {
namespace {

using Runs = std::array<ComparedRun, 2>;
using Json = nlohmann::ordered_json;

Json json_of(const ComparedRun& run) {
  Json disturbances = Json::array();
  for (const auto& one : run.disturbances) {
    disturbances.push_back(
        {{"t_ns", one.at.ns()},
         {"kind", one.kind},
         {"text", one.text},
         {"recovery_ms", one.recovery ? Json(one.recovery->milliseconds()) : Json(nullptr)}});
  }
  Json latencies = Json::object();
  for (const auto& [verb, of] : run.latencies) {
    latencies[verb] = {
        {"count", of.count}, {"p50_ms", of.p50}, {"p90_ms", of.p90}, {"p99_ms", of.p99}};
  }
  return {{"folder", run.folder},
          {"world", run.world},
          {"title", run.title},
          {"seed", run.seed},
          {"verdict", run.verdict},
          {"ended_ns", run.ended.ns()},
          {"availability", run.availability ? Json(*run.availability) : Json(nullptr)},
          {"figures", run.figures},
          {"latencies", latencies},
          {"disturbances", disturbances}};
}

// A count as it is, a measure with two digits, "-" where there is none.
std::string figure(const ComparedRun& run, const char* name, const char* unit) {
  const auto found = run.figures.find(name);
  if (found == run.figures.end() || !found->is_number()) return "-";
  return *unit == '\0' ? fmt::format("{:.0f}", found->get<double>())
                       : fmt::format("{:.2f} {}", found->get<double>(), unit);
}

void row(const std::string& label, const std::string& first, const std::string& second) {
  fmt::print("{:<34}{:>18}{:>18}\n", label, first, second);
}

bool has_clients(const Runs& runs) { return runs[0].has_clients || runs[1].has_clients; }

void print_figures(const Runs& runs) {
  const std::array<std::array<const char*, 3>, 20> lines{
      {{"leaders elected", "leaders_elected", ""},
       {"candidacies", "candidacies", ""},
       {"highest term", "highest_term", ""},
       {"first leader", "first_leader_ms", "ms"},
       {"elections", "elections", ""},
       {"changes of coordinator", "coordinator_changes", ""},
       {"newest coordinator won at", "last_coordinator_ms", "ms"},
       {"quorums failed", "quorums_failed", ""},
       {"failures predicted", "failures_predicted", ""},
       {"offences", "offences", ""},
       {"tokens refused", "tokens_refused", ""},
       {"entries committed", "entries_committed", ""},
       {"searches with hits", "searches_with_hits", ""},
       {"files fetched", "files_fetched", ""},
       {"sources dropped", "sources_dropped", ""},
       {"operations ok", "operations_ok", ""},
       {"operations failed", "operations_failed", ""},
       {"operations unknown", "operations_unknown", ""},
       {"throughput", "throughput_per_s", "/s"},
       {"last recovery", "recovery_ms", "ms"}}};
  for (const auto& [label, name, unit] : lines) {
    if (runs[0].figures.contains(name) || runs[1].figures.contains(name))
      row(label, figure(runs[0], name, unit), figure(runs[1], name, unit));
  }
  if (!has_clients(runs)) return;
  const auto share = [](const ComparedRun& run) {
    return run.availability ? fmt::format("{:.2f} %", *run.availability * 100) : std::string("-");
  };
  row("availability", share(runs[0]), share(runs[1]));
}

void print_latencies(const Runs& runs) {
  std::set<std::string> verbs;
  for (const auto& run : runs) {
    for (const auto& [verb, of] : run.latencies) verbs.insert(verb);
  }
  if (verbs.empty()) return;
  fmt::print("\n{}\n", emphasised("latency in ms: half, 90 and 99 of 100 below"));
  for (const auto& verb : verbs) {
    const auto text = [&](const ComparedRun& run) {
      const auto found = run.latencies.find(verb);
      if (found == run.latencies.end()) return std::string("-");
      const auto& of = found->second;
      return fmt::format("{:.1f} {:.1f} {:.1f}", of.p50, of.p90, of.p99);
    };
    row("  " + verb, text(runs[0]), text(runs[1]));
  }
}

// Both worlds strike at the same instants, so the first of one stands beside the first of the
// other.
void print_recoveries(const Runs& runs) {
  const std::size_t count = std::max(runs[0].disturbances.size(), runs[1].disturbances.size());
  if (count == 0) return;
  fmt::print("\n{}\n", emphasised(has_clients(runs) ? "from each fault to the end of the first "
                                                      "operation asked for after it"
                                                    : "from each fault to the next election won"));
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = [&](const ComparedRun& run) {
      return i < run.disturbances.size() ? &run.disturbances[i] : nullptr;
    };
    const auto* const told = at(runs[0]) != nullptr ? at(runs[0]) : at(runs[1]);
    const auto text = [&](const ComparedRun& run) -> std::string {
      const auto* const one = at(run);
      if (one == nullptr || !one->recovery) return "-";
      return (one->kind == told->kind ? "" : one->kind + " ") + rounded(*one->recovery);
    };
    std::string label = fmt::format("  {:.3f} s {}", told->at.since_start().seconds(), told->text);
    if (label.size() > 33) label = label.substr(0, 30) + "...";
    row(label, text(runs[0]), text(runs[1]));
  }
}

void print_side_by_side(const Runs& runs) {
  fmt::print("{}\n", emphasised(runs[0].title));
  if (runs[1].title != runs[0].title) fmt::print("beside another scenario: {}\n", runs[1].title);
  fmt::print("\n");
  row("", runs[0].world, runs[1].world);
  row("verdict", runs[0].verdict, runs[1].verdict);
  row("seed", std::to_string(runs[0].seed), std::to_string(runs[1].seed));
  print_figures(runs);
  print_latencies(runs);
  print_recoveries(runs);
  if (!has_clients(runs)) return;
  fmt::print(
      "\navailability: share of the 100 ms windows from the first request to the end in which an "
      "operation ended ok\n");
}

}  // namespace

Action add_compare(CLI::App& app) {
  auto* command = app.add_subcommand(
      "compare", "Print two results folders side by side, as of one scenario in two worlds.");
  struct Flags {
    std::string first, second;
    bool json = false;
  };
  auto flags = std::make_shared<Flags>();
  command->add_option("RUN", flags->first, "a results folder")->required();
  command->add_option("OTHER", flags->second, "another one")->required();
  command->add_flag("--json", flags->json, "print one JSON object and nothing else");
  return [flags] {
    try {
      const Runs runs{load_compared_run(flags->first), load_compared_run(flags->second)};
      if (flags->json) {
        fmt::print("{}\n", Json{{"runs", {json_of(runs[0]), json_of(runs[1])}}}.dump());
      } else {
        print_side_by_side(runs);
      }
      return exit_pass;
    } catch (const NoRun& error) {
      fmt::print(stderr, "{}\n", error.what());
      return exit_no_input;
    } catch (const BrokenRun& error) {
      fmt::print(stderr, "{}\n", error.what());
      return exit_bad_scenario;
    }
  };
}

}  // namespace lockstep::sim
