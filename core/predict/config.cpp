#include "core/predict/config.hpp"

namespace lockstep::predict {
namespace {

std::string_view refusal_of_forest(const Config& config) {
  const ForestShape& forest = config.forest;
  if (config.window < 16 || config.window > 4096) return "window must be 16 to 4096 beats";
  if (config.retrain_every < config.trend_beats || config.retrain_every > config.window)
    return "retrain_every must be trend_beats to a whole window";
  if (forest.trees == 0 || forest.trees > 1000) return "forest.trees must be 1 to 1000";
  if (forest.sample < 2 || forest.sample > 4096) return "forest.sample must be 2 to 4096 beats";
  if (config.anomaly_from_permille >= config.anomaly_full_permille ||
      config.anomaly_full_permille > 1000)
    return "anomaly_from must be below anomaly_full, and that at most 1000 per mille";
  return {};
}

std::string_view refusal_of_bounds(const Config& config) {
  const Duration zero, hour = seconds(3600);
  if (config.latency_calm < zero || config.latency_limit <= config.latency_calm)
    return "latency_limit must be above latency_calm, and that not below 0";
  if (config.jitter_calm < zero || config.jitter_limit <= config.jitter_calm)
    return "jitter_limit must be above jitter_calm, and that not below 0";
  if (config.latency_limit > hour || config.jitter_limit > hour)
    return "latency_limit and jitter_limit must be at most 1 h";
  if (config.cpu_limit_permille <= config.cpu_calm_permille || config.cpu_limit_permille > 1000)
    return "cpu_limit must be above cpu_calm and at most 1000 per mille";
  if (config.memory_limit_permille <= config.memory_calm_permille ||
      config.memory_limit_permille > 1000)
    return "memory_limit must be above memory_calm and at most 1000 per mille";
  if (config.missed_limit == 0) return "missed_limit must be above 0; 3 is usual";
  return {};
}

}  // namespace

std::string_view refusal(const Config& config) {
  if (const auto reason = refusal_of_forest(config); !reason.empty()) return reason;
  if (const auto reason = refusal_of_bounds(config); !reason.empty()) return reason;
  if (config.trend_beats < 4 || config.trend_beats > most_trend_beats)
    return "trend_beats must be 4 to 32";
  if (config.horizon <= Duration(0) || config.horizon > seconds(3600))
    return "horizon must be above 0 and at most 1 h";
  if (config.alarm_permille >= 1000) return "alarm must be below 1000 per mille";
  if (config.anomaly_weight_permille > config.alarm_permille)
    return "anomaly_weight must not be above alarm: one odd beat would hand over";
  return {};
}

}  // namespace lockstep::predict
