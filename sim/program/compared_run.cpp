#include "sim/program/compared_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>
#include <utility>

#include "sim/stats/quantiles.hpp"

namespace lockstep::sim {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::int64_t window_ns = 100'000'000;

std::ifstream opened(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || fs::is_directory(file))
    throw NoRun(
        fmt::format("{}: cannot be read; name a folder that lockstep run wrote", file.string()));
  return in;
}

[[noreturn]] void broken(const fs::path& file, std::size_t line, const std::string& what) {
  throw BrokenRun(fmt::format("{}:{}: {}; run the scenario again", file.string(), line, what));
}

json read_json(const fs::path& file) {
  std::ifstream in = opened(file);
  json value = json::parse(in, nullptr, false);
  if (!value.is_object()) broken(file, 1, "not a JSON object");
  return value;
}

// Calls `take` with the object of each line. What misses a member, or has it wrong, is reported
// with its line.
void read_lines(const fs::path& file, const std::function<void(const json&)>& take) {
  std::ifstream in = opened(file);
  std::string text;
  for (std::size_t line = 1; std::getline(in, text); ++line) {
    const json value = json::parse(text, nullptr, false);
    if (!value.is_object()) broken(file, line, "not a JSON object");
    try {
      take(value);
    } catch (const json::exception& error) {
      broken(file, line, error.what());
    }
  }
}

struct Completed {
  std::string verb;
  Instant invoked, returned;
};

struct Clients {
  std::vector<Completed> completed;  // ended ok
  std::optional<Instant> first;      // request of all
};

Clients read_history(const fs::path& file) {
  Clients clients;
  std::map<std::uint64_t, Completed> open;
  read_lines(file, [&](const json& line) {
    const auto id = line.at("id").get<std::uint64_t>();
    const auto event = line.at("event").get<std::string>();
    if (event == "invoke") {
      const Instant at(line.at("t").get<std::int64_t>());
      if (!clients.first) clients.first = at;
      open[id] = {line.at("verb").get<std::string>(), at, {}};
    } else if (event == "ok") {
      Completed operation = open.at(id);
      operation.returned = Instant(line.at("t").get<std::int64_t>());
      clients.completed.push_back(std::move(operation));
    }
  });
  return clients;
}

// The first of its kind after that instant: an operation from its request, or an election.
std::optional<Duration> recovery_after(Instant fault, const Clients& clients,
                                       const std::vector<Instant>& elections) {
  std::optional<Duration> least;
  const auto ended = [&](Instant at) {
    if (!least || at - fault < *least) least = at - fault;
  };
  for (const Completed& operation : clients.completed) {
    if (operation.invoked >= fault) ended(operation.returned);
  }
  if (clients.first) return least;
  for (const Instant at : elections) {
    if (at >= fault) ended(at);
  }
  return least;
}

bool leads(const std::string& role) { return role == "leader" || role == "coordinator"; }

// Orders to act are a load, and disturb nobody.
bool disturbs(const json& fault) {
  return fault.at("kind") != "skipped" && !fault.value("text", "").starts_with("act ");
}

std::vector<ComparedRun::Disturbance> read_disturbances(const fs::path& file,
                                                        const Clients& clients) {
  std::vector<ComparedRun::Disturbance> list;
  std::vector<Instant> elections;
  std::map<std::string, std::string> roles;  // by node
  read_lines(file, [&](const json& line) {
    const Instant at(line.at("t").get<std::int64_t>());
    if (line.at("type") == "step") {
      std::string& role = roles[line.value("node", "")];
      const std::string before = std::exchange(role, line.value("role", ""));
      if (leads(role) && before != role) elections.push_back(at);
    }
    if (line.at("type") != "fault" || !disturbs(line)) return;
    list.push_back({at, line.at("kind").get<std::string>(), line.value("text", ""), {}});
    if (list.back().kind == "crash") {
      for (const auto& node : line.value("nodes", json::array())) roles.erase(node);
    }
  });
  for (auto& fault : list) fault.recovery = recovery_after(fault.at, clients, elections);
  return list;
}

std::map<std::string, ComparedRun::Latencies> latencies_of(const Clients& clients) {
  std::map<std::string, std::vector<std::int64_t>> samples;
  for (const Completed& operation : clients.completed) {
    const std::int64_t took = (operation.returned - operation.invoked).ns();
    samples[operation.verb].push_back(took);
    samples["all"].push_back(took);
  }
  std::map<std::string, ComparedRun::Latencies> latencies;
  for (auto& [verb, list] : samples) {
    std::sort(list.begin(), list.end());
    const auto ms = [&values = list](double q) { return quantile_of_sorted(values, q) / 1e6; };
    latencies[verb] = {list.size(), ms(0.5), ms(0.9), ms(0.99)};
  }
  return latencies;
}

std::optional<double> availability_of(const Clients& clients, Instant end) {
  if (!clients.first || *clients.first >= end) return std::nullopt;
  const auto window = [&](Instant at) { return (at - *clients.first).ns() / window_ns; };
  std::set<std::int64_t> served;
  for (const Completed& operation : clients.completed) served.insert(window(operation.returned));
  const std::int64_t windows = window(end - nanoseconds(1)) + 1;
  const auto inside = std::distance(served.begin(), served.lower_bound(windows));
  return static_cast<double>(inside) / static_cast<double>(windows);
}

}  // namespace

ComparedRun load_compared_run(const fs::path& folder) {
  const json manifest = read_json(folder / "manifest.json");
  const json summary = read_json(folder / "summary.json");
  ComparedRun run;
  try {
    run.folder = folder.string();
    run.world = manifest.at("fabric").get<std::string>();
    run.title = summary.at("title").get<std::string>();
    run.verdict = summary.at("verdict").get<std::string>();
    run.seed = summary.at("seed").get<std::uint64_t>();
    run.ended = Instant(summary.at("ended_ns").get<std::int64_t>());
    run.figures = summary.at("figures");
  } catch (const json::exception& error) {
    broken(folder / "summary.json", 1, error.what());
  }
  Clients clients;
  try {
    clients = read_history(folder / "history.ndjson");
  } catch (const std::out_of_range&) {
    throw BrokenRun((folder / "history.ndjson").string() +
                    ": an operation ends that never began; run the scenario again");
  }
  run.disturbances = read_disturbances(folder / "trace.ndjson", clients);
  run.has_clients = clients.first.has_value();
  run.latencies = latencies_of(clients);
  run.availability = availability_of(clients, run.ended);
  return run;
}

}  // namespace lockstep::sim
