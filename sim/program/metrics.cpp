#include "sim/program/metrics.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/stats/quantiles.hpp"

namespace lockstep::sim {

std::string metrics_csv(const Outcome& outcome) {
  struct MetricsWindow {
    std::uint64_t begun = 0, ok = 0, failed = 0;
    std::vector<std::int64_t> latencies;
  };
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t seconds = (outcome.ended.ns() + second - 1) / second;
  std::vector<MetricsWindow> windows(static_cast<std::size_t>(std::max<std::int64_t>(1, seconds)));
  const auto window = [&](Instant at) -> MetricsWindow& {
    return windows[std::min(windows.size() - 1, static_cast<std::size_t>(at.ns() / second))];
  };
  for (const auto& operation : outcome.history) {
    ++window(operation.invoked).begun;
    if (operation.outcome == HistoryOperation::Outcome::unknown) continue;
    MetricsWindow& end = window(operation.returned);
    if (operation.outcome == HistoryOperation::Outcome::failed) {
      ++end.failed;
      continue;
    }
    ++end.ok;
    end.latencies.push_back((operation.returned - operation.invoked).ns());
  }
  std::string csv =
      "from_s,operations_begun,operations_ok,operations_failed,latency_p50_ms,latency_p99_ms,"
      "latency_max_ms\n";
  for (std::size_t i = 0; i < windows.size(); ++i) {
    auto& latencies = windows[i].latencies;
    std::sort(latencies.begin(), latencies.end());
    const auto quantile = [&](double q) {
      return latencies.empty() ? std::string()
                               : fmt::format("{:.6f}", quantile_of_sorted(latencies, q) / 1e6);
    };
    csv += fmt::format("{},{},{},{},{},{},{}\n", i, windows[i].begun, windows[i].ok,
                       windows[i].failed, quantile(0.5), quantile(0.99), quantile(1));
  }
  return csv;
}

}  // namespace lockstep::sim
