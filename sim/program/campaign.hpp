// A campaign: many drawn scenarios, each run once in a worker process, some of them twice. What a
// run does to its process costs that run alone. Memory does not grow with the number of runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/fuzz/coverage.hpp"
#include "sim/fuzz/draw.hpp"
#include "sim/fuzz/fingerprint.hpp"

namespace lockstep::sim {

// A third of a second of search: what is not decided by then is counted, and is no finding.
constexpr std::uint64_t campaign_search_steps = 300'000;

struct CampaignPlan {
  std::string protocol;
  Budget budget = Budget::majority;
  std::optional<Json> base;  // draw around this scenario, …
  Json written;              // … which its file has so
  std::uint64_t first = 1;
  std::uint64_t last = UINT64_MAX;           // included
  std::optional<std::chrono::seconds> time;  // no further run is begun after it
  unsigned jobs = 1;
  unsigned twice_percent = 5;
  std::uint64_t most_findings = UINT64_MAX;  // no further run is begun after these
  std::chrono::seconds patience{60};         // after which a run hangs
  std::optional<std::uint64_t> dies, hangs;  // for tests: the run of this seed does
};

struct Finding {
  std::uint64_t seed = 0;
  RunEnd end;
  double wall_seconds = 0;  // since the campaign began
};

struct CampaignResult {
  explicit CampaignResult(const std::string& protocol) : coverage(protocol) {}
  std::uint64_t runs = 0, twice = 0, undecided = 0, findings = 0;
  double wall_seconds = 0, simulated_seconds = 0, messages = 0, steps = 0;
  std::optional<std::uint64_t> last_seed;        // the highest that was run
  std::optional<std::uint64_t> first_undecided;  // a seed
  std::string undecided_text;                    // of it
  Coverage coverage;
  bool interrupted = false;
};

// The scenario of a seed.
[[nodiscard]] Json drawn_scenario(const CampaignPlan& plan, std::uint64_t seed);

struct CampaignEvents {
  std::function<void(const Finding&)> found;
  std::function<void(const CampaignResult&)> tick;  // now and then
};
[[nodiscard]] CampaignResult run_campaign(const CampaignPlan& plan, const CampaignEvents& events);

}  // namespace lockstep::sim
