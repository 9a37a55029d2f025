// lockstep-bench-node: how fast a cluster of real nodes is, beside etcd where that is installed.
// `lockstep bench node` starts it.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "processes/bench/clusters.hpp"
#include "processes/bench/failover.hpp"
#include "processes/bench/stages.hpp"
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

struct Load {
  const char* name;
  unsigned connections;
  bool writes;
  double target;  // times etcd
};
constexpr Load loads[] = {{"put_1", 1, true, 3},
                          {"put_64", 64, true, 5},
                          {"put_256", 256, true, 6},
                          {"get_1", 1, false, 4},
                          {"get_64", 64, false, 6}};
constexpr int value_bytes = 256;
constexpr int keys = 1000;

// wrk asks for a key after the other. etcd's gateway takes keys and values in base64.
std::string script(BenchCluster::Kind kind, bool writes) {
  const std::string head =
      fmt::format("local n = 0\nlocal value = string.rep('x', {})\n", value_bytes);
  if (kind == BenchCluster::Kind::lockstep) {
    return head + fmt::format(R"(request = function()
  n = (n + 1) % {}
  return wrk.format('{}', '/v1/kv/key-' .. n, nil, {})
end
)",
                              keys, writes ? "PUT" : "GET", writes ? "value" : "nil");
  }
  return head +
         fmt::format(
             R"(local alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
local function base64(text)
  return ((text:gsub('.', function(x)
    local r, b = '', x:byte()
    for i = 8, 1, -1 do r = r .. (b % 2 ^ i - b % 2 ^ (i - 1) > 0 and '1' or '0') end
    return r
  end) .. '0000'):gsub('%d%d%d?%d?%d?%d?', function(x)
    if #x < 6 then return '' end
    local c = 0
    for i = 1, 6 do c = c + (x:sub(i, i) == '1' and 2 ^ (6 - i) or 0) end
    return alphabet:sub(c + 1, c + 1)
  end) .. ({{ '', '==', '=' }})[#text % 3 + 1])
end
local bodies = {{}}
for i = 1, {} do
  bodies[i] = '{{"key":"' .. base64('key-' .. i) .. '"' .. ({}) .. '}}'
end
request = function()
  n = n % {} + 1
  return wrk.format('POST', '{}', {{['Content-Type'] = 'application/json'}}, bodies[n])
end
)",
             keys, writes ? R"(',"value":"' .. base64(value) .. '"')" : "''", keys,
             writes ? "/v3/kv/put" : "/v3/kv/range");
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Figures {
  std::vector<double> per_s, p50_ms;
  std::uint64_t errors = 0;
  void add(const LoadResult& result) {
    per_s.push_back(result.per_s);
    p50_ms.push_back(result.p50_ms);
    errors += result.errors;
  }
};

LoadResult drive(const BenchCluster& cluster, const Load& load, const Flags& flags) {
  return run_wrk(cluster.url(cluster.leader()), load.connections, flags.seconds,
                 script(cluster.kind(), load.writes), flags.folder);
}

// Every key is there before anything is read.
void fill(const BenchCluster& cluster, const Flags& flags) {
  (void)run_wrk(cluster.url(cluster.leader()), 64, 2, script(cluster.kind(), true), flags.folder);
}

nlohmann::ordered_json measure(const Load& load, const BenchCluster& ours, const BenchCluster* etcd,
                               const Flags& flags) {
  Figures mine, theirs;
  const Stages before = stages_of(ours.port(ours.leader()));
  for (int run = 0; run < flags.runs; ++run) {
    mine.add(drive(ours, load, flags));
    if (etcd != nullptr) theirs.add(drive(*etcd, load, flags));
  }
  const Stages spent = stages_of(ours.port(ours.leader())).since(before);
  const double p50 = median(mine.p50_ms), per_s = median(mine.per_s);
  nlohmann::ordered_json out{
      {"p50_ms", p50}, {"per_s", per_s}, {"ratio_etcd", nullptr}, {"ratio_zookeeper", nullptr}};
  if (etcd != nullptr) {
    // One connection is about latency, many are about throughput.
    const bool latency = load.connections == 1 && load.writes;
    out["ratio_etcd"] = latency ? median(theirs.p50_ms) / p50 : per_s / median(theirs.per_s);
    out["etcd"] = {{"p50_ms", median(theirs.p50_ms)},
                   {"per_s", median(theirs.per_s)},
                   {"errors", theirs.errors}};
  }
  out["target"] = load.target;
  out["errors"] = mine.errors;
  out["stages"] = spent.json(load.writes);
  return out;
}

void print(const char* name, const nlohmann::ordered_json& figures) {
  fmt::print("{:<8} {:>9.3f} ms {:>9.0f}/s", name, figures["p50_ms"].get<double>(),
             figures["per_s"].get<double>());
  if (!figures["ratio_etcd"].is_null()) {
    const double ratio = figures["ratio_etcd"];
    fmt::print("   etcd {:>8.3f} ms {:>8.0f}/s   {:>5.1f} times, at least {}{}",
               figures["etcd"]["p50_ms"].get<double>(), figures["etcd"]["per_s"].get<double>(),
               ratio, figures["target"].get<double>(),
               ratio < figures["target"].get<double>() ? "  MISSED" : "");
  }
  if (figures["errors"] != 0) fmt::print("   {} errors", figures["errors"].get<std::uint64_t>());
  fmt::print("\n         {}\n", figures["stages"]["text"].get<std::string>());
  std::fflush(stdout);
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
    ~Remove() { std::filesystem::remove_all(path); }
  } const remove{folder};

  BenchCluster ours(BenchCluster::Kind::lockstep, folder + "/lockstep");
  const Idle idle = measure_idle(ours);
  std::optional<BenchCluster> etcd;
  if (etcd_is_installed()) etcd.emplace(BenchCluster::Kind::etcd, folder + "/etcd");
  if (!flags.json) {
    fmt::print("three nodes, durable writes, {}-byte values, medians of {} runs of {} s{}\n",
               value_bytes, flags.runs, flags.seconds,
               etcd ? ", etcd in alternation" : "; etcd-server is not installed");
  }
  fill(ours, flags);
  if (etcd) fill(*etcd, flags);
  nlohmann::ordered_json out;
  for (const Load& load : loads) {
    out[load.name] = measure(load, ours, etcd ? &*etcd : nullptr, flags);
    if (!flags.json) print(load.name, out[load.name]);
  }
  etcd.reset();
  // With a log of its own: a node that starts reads all of it.
  BenchCluster killed(BenchCluster::Kind::lockstep, folder + "/killed");
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
      "How fast a cluster of real nodes on this machine is, beside etcd where it is installed."};
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
