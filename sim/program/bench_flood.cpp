#include "sim/program/bench_flood.hpp"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/flood/flood.hpp"
#include "sim/program/execute.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/terminal.hpp"
#include "sim/program/workers.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

constexpr const char* one_flood = R"json({
  "format": 1, "title": "bench", "protocol": "flood", "duration": "2 s",
  "network": {"latency": "constant 10 ms", "wire": false},
  "config": {"health_check": "0 s", "max_ttl": 64},
  "setup": {"orders": [{"at": "0 s", "node": "n1", "search": "bench"}]}})json";

struct Flooded {
  double seconds = 0;
  double cpu_seconds = 0;  // what is compared with a target: it does not see other processes
  double mebibytes = 0, reached = 0, messages = 0;
};

// In a process of its own: SimGrid serves one run a process, and memory is told for that run alone.
Flooded flood_apart(const Overrides& settings, FabricKind fabric) {
  Jobs jobs;
  jobs.numbers = {0};
  jobs.process_each = true;
  jobs.perform = [&](std::uint64_t) {
    const Scenario scenario = parse_scenario("bench", one_flood, settings);
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu_start = std::clock();
    const Outcome outcome = execute(scenario, fabric, {});
    const double cpu = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    if (outcome.verdict != RunVerdict::pass)
      throw std::runtime_error(outcome.reasons.empty() ? "no pass" : outcome.reasons.front());
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return fmt::format(
        "{} {} {} {} {}", spent.count(), cpu, static_cast<double>(used.ru_maxrss) / 1024,
        outcome.figure("most_reached_by_a_query"), outcome.figure("most_messages_of_a_query"));
  };
  const JobResults results = run_jobs(jobs, [](std::uint64_t) {});
  if (results.interrupted) throw Interrupted();
  if (!results.errors.empty()) throw std::runtime_error(results.errors.front());
  Flooded flooded;
  if (std::sscanf(results.answers.at(0).c_str(), "%lf %lf %lf %lf %lf", &flooded.seconds,
                  &flooded.cpu_seconds, &flooded.mebibytes, &flooded.reached,
                  &flooded.messages) != 5)
    throw std::runtime_error("bench flood: a worker answers with five numbers");
  return flooded;
}

struct Published {
  std::uint32_t source = 0, ttl = 0;
  double reached = 0, messages = 0;
};

// graph,source,degree,ttl,reached_incl_source,messages,duplicates,dup_fraction
std::vector<Published> read_published(const std::string& path) {
  std::vector<Published> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    Published row;
    if (std::sscanf(line.c_str(), "%*[^,],%u,%*u,%u,%lf,%lf", &row.source, &row.ttl, &row.reached,
                    &row.messages) == 4)
      rows.push_back(row);
  }
  return rows;
}

std::string nodes_of(const std::string& path) {
  std::ifstream file(path);
  std::string bound;
  std::getline(file, bound);
  return bound;
}

struct GnutellaBench {
  std::size_t rows = 0, wrong = 0;  // on the loop
  std::size_t simgrid_wrong = 0;    // of those from node 0
  Flooded loop, simgrid;            // the slowest
};

Overrides over_gnutella(const std::string& crawl, const Published& row) {
  const std::string node = fmt::format("\"n{}\"", row.source + 1);
  const std::string ttl = std::to_string(row.ttl);
  return {{"nodes", nodes_of(crawl)},
          {"config.topology", nlohmann::json{{"shape", "file"}, {"path", crawl}}.dump()},
          {"setup.orders[0].node", node},
          {"setup.orders[0].ttl", ttl}};
}

void note(const Flooded& flooded, const Published& row, std::size_t& wrong, Flooded& slowest) {
  if (flooded.cpu_seconds > slowest.cpu_seconds) slowest = flooded;
  if (flooded.reached == row.reached && flooded.messages == row.messages) return;
  ++wrong;
  fmt::print(stderr, "from node {} with TTL {}: {} reached with {} messages, not {} with {}\n",
             row.source, row.ttl, flooded.reached, flooded.messages, row.reached, row.messages);
}

std::optional<GnutellaBench> bench_gnutella(const std::string& folder) {
  const std::string crawl = folder + "/p2p-Gnutella04.txt";
  const auto rows = read_published(folder + "/flood_oracle_04.csv");
  if (rows.empty() || !std::filesystem::exists(crawl)) return std::nullopt;
  GnutellaBench bench;
  Progress progress("gnutella", rows.size());
  for (const Published& row : rows) {
    note(flood_apart(over_gnutella(crawl, row), FabricKind::loop), row, bench.wrong, bench.loop);
    if (simgrid_is_built() && row.source == 0) {
      note(flood_apart(over_gnutella(crawl, row), FabricKind::simgrid), row, bench.simgrid_wrong,
           bench.simgrid);
    }
    progress.done(++bench.rows);
  }
  return bench;
}

Flooded bench_regular(std::uint32_t nodes, FabricKind fabric) {
  const Flooded flooded =
      flood_apart({{"nodes", std::to_string(nodes)},
                   {"config.topology", R"({"shape": "random_regular", "degree": 6})"},
                   {"setup.orders[0].ttl", "32"}},
                  fabric);
  // Twice over each of 3 links a node, but for the N - 1 along which it was first heard.
  if (flooded.reached != nodes || flooded.messages != 6.0 * nodes - (nodes - 1.0))
    throw std::runtime_error("bench flood: not the messages of a flood that covers the graph");
  return flooded;
}

struct FloodFlags {
  bool json = false, small = false;
  std::string data = "../shared/data";
};

void print_line(const char* what, const std::string& value, const char* target) {
  fmt::print("{:<58} {:>14}   {}\n", what, value, target);
}

nlohmann::ordered_json json_of(const std::optional<Flooded>& flooded) {
  if (!flooded) return nullptr;
  return {
      {"seconds", flooded->seconds}, {"cpu_s", flooded->cpu_seconds}, {"mib", flooded->mebibytes}};
}

int bench_flood(const FloodFlags& flags) {
  const auto gnutella = bench_gnutella(flags.data);
  std::optional<Flooded> simgrid, loop;
  if (!flags.small) {
    if (simgrid_is_built()) simgrid = bench_regular(100'000, FabricKind::simgrid);
    loop = bench_regular(1'000'000, FabricKind::loop);
  }
  const bool wrong = gnutella && gnutella->wrong + gnutella->simgrid_wrong > 0;
  if (flags.json) {
    nlohmann::ordered_json out;
    out["gnutella"] = nullptr;
    if (gnutella) {
      out["gnutella"] = {{"floods", gnutella->rows},
                         {"wrong", gnutella->wrong + gnutella->simgrid_wrong},
                         {"loop", json_of(gnutella->loop)},
                         {"simgrid", json_of(gnutella->simgrid)}};
    }
    out["simgrid_100000"] = json_of(simgrid);
    out["loop_1000000"] = json_of(loop);
    out["bytes_of_a_peer"] = sizeof(flood::Flood);
    fmt::print("{}\n", out.dump());
    return wrong ? exit_violated : exit_pass;
  }
  if (!gnutella) {
    print_line("Gnutella, 2002", "skipped", ("no crawl in " + flags.data).c_str());
  } else {
    print_line("Gnutella, 2002: floods whose counts are not exact",
               fmt::format("{} of {}", gnutella->wrong + gnutella->simgrid_wrong, gnutella->rows),
               "0");
    print_line("the slowest on the loop, CPU seconds",
               fmt::format("{:.3f}", gnutella->loop.cpu_seconds), "at most 0.2");
    print_line("the same on SimGrid", fmt::format("{:.3f}", gnutella->simgrid.cpu_seconds),
               "at most 5");
  }
  const auto scale = [](const char* what, const Flooded& flooded, const char* seconds,
                        const char* memory) {
    print_line(what, fmt::format("{:.2f}", flooded.cpu_seconds), seconds);
    print_line("  by the clock on the wall", fmt::format("{:.2f}", flooded.seconds), "");
    print_line("  MiB at most", fmt::format("{:.0f}", flooded.mebibytes), memory);
  };
  if (simgrid)
    scale("SimGrid: 100000 peers of degree 6, CPU seconds", *simgrid, "at most 15", "at most 2048");
  if (loop)
    scale("loop: 1000000 peers of degree 6, CPU seconds", *loop, "at most 20", "at most 4096");
  print_line("a peer's own bytes, lists apart", std::to_string(sizeof(flood::Flood)), "");
  return wrong ? exit_violated : exit_pass;
}

}  // namespace

Action add_bench_flood(CLI::App& bench) {
  auto* command = bench.add_subcommand(
      "flood", "Floods over a crawl of Gnutella, counted exactly, and over up to a million peers.");
  auto flags = std::make_shared<FloodFlags>();
  command->add_flag("--json", flags->json, "print one JSON object");
  command->add_flag("--small", flags->small, "the crawl only");
  command->add_option("--data", flags->data, "the folder of the crawl and of what is expected")
      ->capture_default_str();
  return [flags] { return bench_flood(*flags); };
}

}  // namespace lockstep::sim
