#include "core/bully/score_config.hpp"

#include <algorithm>

namespace lockstep::bully {

std::string_view refusal(const ScoreConfig& config) {
  const ScoreWeights& w = config.weights;
  if (largest_score_weight <
      std::max({w.id, w.health, w.uptime, w.load, w.latency, w.reliability, w.resources,
                w.cpu_penalty, w.memory_penalty, w.critical_boost}))
    return "a weight must be at most 1000000 points";
  if (config.uptime_horizon <= Duration(0)) return "uptime_horizon must be above 0; try \"24 h\"";
  if (config.latency_bound <= Duration(0)) return "latency_bound must be above 0; try \"100 ms\"";
  if (config.visits_bound == 0) return "visits_bound must be above 0";
  if (config.critical_bound == 0) return "critical_bound must be above 0";
  if (config.cpu_limit_permille > 999) return "cpu_limit must be at most 999 per mille";
  if (config.memory_limit_permille > 999) return "memory_limit must be at most 999 per mille";
  return {};
}

}  // namespace lockstep::bully
