// ComparedRun: what one results folder says about its run, read back from manifest.json,
// summary.json, trace.ndjson and history.ndjson; the same numbers for every world.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/time.hpp"

namespace lockstep::sim {

// A file is missing or cannot be read. what() names it and says what to do.
struct NoRun : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// A file is not what a run writes. what() names it.
struct BrokenRun : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ComparedRun {
  // Something that was done to the cluster, and when it got on again: when the first operation that
  // was asked for after it ended well, or, without clients, when the next election was won; none:
  // there was none.
  struct Disturbance {
    Instant at;
    std::string kind, text;
    std::optional<Duration> recovery;
  };
  struct Latencies {
    std::size_t count = 0;
    double p50 = 0, p90 = 0, p99 = 0;  // ms, from the request to the answer
  };

  std::string folder, world, title, verdict;
  std::uint64_t seed = 0;
  Instant ended;
  nlohmann::json figures;  // of summary.json
  bool has_clients = false;
  std::vector<Disturbance> disturbances;
  std::map<std::string, Latencies> latencies;  // by verb, and "all"; of operations that ended ok
  // Share of the 100 ms windows from the first request to the end in which an operation ended ok.
  std::optional<double> availability;
};

// Throws NoRun and BrokenRun.
[[nodiscard]] ComparedRun load_compared_run(const std::filesystem::path& folder);

}  // namespace lockstep::sim
