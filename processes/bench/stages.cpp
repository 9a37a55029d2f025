#include "processes/bench/stages.hpp"

#include <fmt/format.h>

#include <sstream>

#include "processes/bench/servers.hpp"

namespace lockstep::processes {
namespace {

// "lockstep_wal_fsync_seconds_sum" and `_sum` to "wal_fsync"; empty when it is no such line.
std::string stage_name(const std::string& metric, const std::string& ending) {
  const std::string head = "lockstep_", tail = "_seconds" + ending;
  const auto brace = metric.find('{');
  const std::string name = metric.substr(0, brace);
  if (!name.starts_with(head) || !name.ends_with(tail)) return {};
  std::string found = name.substr(head.size(), name.size() - head.size() - tail.size());
  const auto operation = metric.find("operation=\"");
  if (operation != std::string::npos) {
    const auto begin = operation + 11;
    found += " " + metric.substr(begin, metric.find('"', begin) - begin);
  }
  return found;
}

}  // namespace

Stages parse_stages(const std::string& metrics) {
  Stages found;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    const auto space = line.rfind(' ');
    if (line.starts_with('#') || space == std::string::npos) continue;
    const std::string metric = line.substr(0, space);
    const double number = std::stod(line.substr(space + 1));
    if (const auto sum = stage_name(metric, "_sum"); !sum.empty())
      found.stages[sum].seconds += number;
    if (const auto count = stage_name(metric, "_count"); !count.empty())
      found.stages[count].count += number;
  }
  return found;
}

Stages stages_of(std::uint16_t port) { return parse_stages(fetch(port, "/metrics")); }

Stages Stages::since(const Stages& before) const {
  Stages result = *this;
  for (auto& [name, stage] : result.stages) {
    const auto earlier = before.stages.find(name);
    if (earlier == before.stages.end()) continue;
    stage.seconds -= earlier->second.seconds;
    stage.count -= earlier->second.count;
  }
  return result;
}

double Stages::mean_us(const char* stage) const {
  const auto found = stages.find(stage);
  return found == stages.end() ? 0 : found->second.mean_us();
}

nlohmann::ordered_json Stages::post_json() const {
  const double post = mean_us("messages_post");
  return {{"post_us", post}, {"text", fmt::format("at the leader, mean: post {:.0f} us", post)}};
}

nlohmann::ordered_json Stages::json(bool writes) const {
  const auto mean = [&](const char* name) { return mean_us(name); };
  const double operation = mean(writes ? "operation write" : "operation read");
  nlohmann::ordered_json out{{"operation_us", operation},
                             {"peer_round_trip_us", mean("peer_round_trip")}};
  std::string text = fmt::format("at the leader, means: operation {:.0f} us; ", operation);
  if (writes) {
    out["queue_us"] = mean("wal_queue");
    out["fsync_us"] = mean("wal_fsync");
    out["commit_us"] = mean("raft_commit");
    out["apply_and_answer_us"] = std::max(0.0, operation - mean("raft_commit"));
    text +=
        fmt::format("of it queue {:.0f}, fsync {:.0f}, commit {:.0f}, apply and answer {:.0f}; ",
                    mean("wal_queue"), mean("wal_fsync"), mean("raft_commit"),
                    std::max(0.0, operation - mean("raft_commit")));
  }
  out["step_us"] = mean("raft_step");
  text +=
      fmt::format("peer {:.0f} us, a step {:.1f} us", mean("peer_round_trip"), mean("raft_step"));
  out["text"] = text;
  return out;
}

}  // namespace lockstep::processes
