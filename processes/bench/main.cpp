// lockstep-bench-node: how fast a cluster of real nodes is, beside etcd and ZooKeeper where those
// are installed.
// `lockstep bench node` starts it.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "processes/bench/clusters.hpp"
#include "processes/bench/failover.hpp"
#include "processes/bench/loads.hpp"
#include "processes/bench/measure.hpp"
#include "processes/bench/table.hpp"
#include "processes/bench/wrk.hpp"

namespace lockstep::processes {
namespace {

struct Flags {
  bool json = false;
  int runs = 3;
  unsigned seconds = 5;
  int kills = 50;
  std::string folder;
};

// The kinds beside ours that are installed.
std::vector<std::unique_ptr<BenchCluster>> others_in(const std::string& folder) {
  std::vector<std::unique_ptr<BenchCluster>> others;
  for (const Kind kind : other_kinds)
    if (is_installed(kind))
      others.push_back(std::make_unique<BenchCluster>(kind, folder + "/" + name_of(kind)));
  return others;
}

std::string headline(const Flags& flags) {
  std::string text =
      fmt::format("three nodes, durable writes, {}-byte values, medians of {} runs of {} s",
                  value_bytes, flags.runs, flags.seconds);
  for (const Kind kind : other_kinds)
    text += is_installed(kind)
                ? fmt::format("; {} in alternation", name_of(kind))
                : fmt::format("; Debian's package {} is not installed", package_of(kind));
  return text;
}

void print(const Load& load, const nlohmann::ordered_json& figures, const Flags& flags) {
  if (flags.json) return;
  fmt::print("{}", text_of(load, figures));
  std::fflush(stdout);
}

nlohmann::ordered_json measure_loads(const BenchCluster& ours, const Flags& flags) {
  const auto others = others_in(flags.folder);
  std::vector<const BenchCluster*> views;
  for (const auto& other : others) views.push_back(other.get());
  if (!flags.json) fmt::print("{}\n", headline(flags));
  fill(ours, flags.folder);
  for (const BenchCluster* other : views) fill(*other, flags.folder);
  nlohmann::ordered_json out;
  for (const Load& load : loads) {
    out[load.name] = measure(load, ours, views, {flags.runs, flags.seconds, flags.folder});
    print(load, out[load.name], flags);
  }
  return out;
}

nlohmann::ordered_json measure_posts(const Flags& flags) {
  const BenchCluster ours(Kind::messages, flags.folder + "/messages");
  fill(ours, flags.folder);
  auto figures = measure(post_load, ours, {}, {flags.runs, flags.seconds, flags.folder});
  print(post_load, figures, flags);
  return figures;
}

int run(Flags flags) {
  if (!wrk_is_installed()) {
    fmt::print(stderr,
               "lockstep bench node: wrk drives the load; install the Debian package wrk\n");
    return 69;
  }
  const std::string parent =
      flags.folder.empty() ? std::filesystem::temp_directory_path().string() : flags.folder;
  std::string folder = parent + "/lockstep-bench-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) {
    fmt::print(stderr,
               "lockstep bench node: cannot make a folder in {}; name another with --folder\n",
               parent);
    return 73;
  }
  flags.folder = folder;
  struct Remove {
    std::string path;
    ~Remove() {  // what failed is told by the logs
      if (std::uncaught_exceptions() == 0) std::filesystem::remove_all(path);
    }
  } const remove{folder};

  std::optional<BenchCluster> ours(std::in_place, Kind::lockstep, folder + "/lockstep");
  const Idle idle = measure_idle(*ours);
  nlohmann::ordered_json out = measure_loads(*ours, flags);
  ours.reset();
  out[post_load.name] = measure_posts(flags);
  // With a log of its own: a node that starts reads all of it.
  BenchCluster killed(Kind::lockstep, folder + "/killed");
  const Failover failover = measure_failover(killed, flags.kills);
  out["idle"] = {{"cpu_percent", idle.cpu_percent}, {"mib", idle.mib}};
  out["failover"] = {{"kills", flags.kills},
                     {"p50_ms", failover.p50_ms},
                     {"p99_ms", failover.p99_ms},
                     {"max_ms", failover.max_ms}};
  if (flags.json) {
    fmt::print("{}\n", out.dump());
  } else {
    fmt::print(
        "idle     {:.2f} % of a core, at most 1; {:.1f} MiB, at most 30 (the worst of three)\n",
        idle.cpu_percent, idle.mib);
    if (flags.kills > 0)
      fmt::print(
          "leader killed {} times: writes resume after p50 {:.0f} ms, p99 {:.0f} ms, at most 600; "
          "worst {:.0f} ms\n",
          flags.kills, failover.p50_ms, failover.p99_ms, failover.max_ms);
  }
  return 0;
}

}  // namespace
}  // namespace lockstep::processes

int main(int argc, char** argv) {
  CLI::App app{
      "How fast a cluster of real nodes on this machine is, beside etcd and ZooKeeper where "
      "installed."};
  lockstep::processes::Flags flags;
  app.add_flag("--json", flags.json, "print one JSON object");
  app.add_option("--runs", flags.runs, "measurements of each load; medians are printed")
      ->capture_default_str()
      ->check(CLI::Range(1, 99));
  app.add_option("--seconds", flags.seconds, "of one measurement")
      ->capture_default_str()
      ->check(CLI::Range(1, 600));
  app.add_option("--kills", flags.kills, "of the leader")
      ->capture_default_str()
      ->check(CLI::Range(0, 10000));
  app.add_option("--folder", flags.folder, "where data goes meanwhile; on the disk to measure");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "lockstep bench node: {}; see lockstep bench node --help\n", error.what());
    return 64;
  }
  try {
    return lockstep::processes::run(flags);
  } catch (const std::exception& error) {
    fmt::print(stderr, "lockstep bench node: {}\n", error.what());
    return 70;
  }
}
