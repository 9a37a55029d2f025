#include "processes/bench/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "processes/bench/scripts.hpp"
#include "processes/bench/stages.hpp"
#include "processes/bench/wrk.hpp"
#include "processes/bench/zookeeper/keys.hpp"
#include "processes/bench/zookeeper/load.hpp"

namespace lockstep::processes {
namespace {

constexpr unsigned fill_connections = 64, fill_seconds = 2;

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
  [[nodiscard]] nlohmann::ordered_json json() const {
    return {{"p50_ms", median(p50_ms)}, {"per_s", median(per_s)}, {"errors", errors}};
  }
  // How many times as fast as `other` this is, each run against the one beside it: a machine is
  // slower for a minute and faster for the next.
  [[nodiscard]] double ratio_to(const Figures& other, bool by_latency) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < per_s.size(); ++i) {
      ratios.push_back(by_latency ? other.p50_ms[i] / p50_ms[i] : per_s[i] / other.per_s[i]);
    }
    return median(std::move(ratios));
  }
};

LoadResult drive(const BenchCluster& cluster, std::uint16_t port, unsigned connections, bool writes,
                 unsigned for_seconds, const std::string& folder) {
  if (cluster.kind() == Kind::zookeeper)
    return zookeeper::run_load(port, {.connections = connections,
                                      .writes = writes,
                                      .length = seconds(for_seconds),
                                      .keys = keys,
                                      .value_bytes = value_bytes});
  return run_wrk(fmt::format("http://127.0.0.1:{}", port), connections, for_seconds,
                 wrk_script(cluster.kind(), writes), folder);
}

// A run in which the lead went elsewhere is done again: a follower sends redirects, which cost
// nothing and which wrk counts as answers.
LoadResult drive_leader(const BenchCluster& cluster, unsigned connections, bool writes,
                        unsigned for_seconds, const std::string& folder) {
  constexpr int tries = 5;
  for (int i = 0; i < tries; ++i) {
    const std::size_t leader = cluster.leader();
    const LoadResult result =
        drive(cluster, cluster.port(leader), connections, writes, for_seconds, folder);
    if (cluster.leader() == leader) return result;
  }
  throw std::runtime_error(
      fmt::format("another {} server leads after each of {} runs; measure when this machine has "
                  "less to do",
                  name_of(cluster.kind()), tries));
}

}  // namespace

void fill(const BenchCluster& cluster, const std::string& folder) {
  if (cluster.kind() == Kind::zookeeper)
    zookeeper::create_keys(cluster.port(cluster.leader()), keys, value_bytes);
  (void)drive_leader(cluster, fill_connections, true, fill_seconds, folder);
  if (cluster.kind() == Kind::zookeeper)
    (void)drive_leader(cluster, fill_connections, false, fill_seconds, folder);
}

nlohmann::ordered_json measure(const Load& load, const BenchCluster& ours,
                               const std::vector<const BenchCluster*>& others,
                               const Effort& effort) {
  const auto run = [&](const BenchCluster& cluster) {
    return drive_leader(cluster, load.connections, load.writes, effort.seconds, effort.folder);
  };
  Figures mine;
  std::vector<Figures> theirs(others.size());
  const std::uint16_t leader = ours.port(ours.leader());
  const Stages before = stages_of(leader);
  for (int i = 0; i < effort.runs; ++i) {
    mine.add(run(ours));
    for (std::size_t other = 0; other < others.size(); ++other)
      theirs[other].add(run(*others[other]));
  }
  const Stages spent = stages_of(leader).since(before);
  nlohmann::ordered_json out = mine.json();
  for (const Kind kind : other_kinds) {
    const std::string name = name_of(kind);
    out["ratio_" + name] = nullptr;
    const double target = load.target(kind);
    out["target_" + name] = nullptr;
    if (target != 0) out["target_" + name] = target;
    for (std::size_t other = 0; other < others.size(); ++other) {
      if (others[other]->kind() != kind) continue;
      out["ratio_" + name] = mine.ratio_to(theirs[other], load.by_latency());
      out[name] = theirs[other].json();
    }
  }
  out["target_per_s"] = nullptr;
  if (load.target_per_s != 0) out["target_per_s"] = load.target_per_s;
  out["stages"] = ours.kind() == Kind::messages ? spent.post_json() : spent.json(load.writes);
  return out;
}

}  // namespace lockstep::processes
