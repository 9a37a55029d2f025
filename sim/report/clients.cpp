#include "sim/report/clients.hpp"

#include <algorithm>

namespace lockstep::sim {

namespace {

using Outcome = HistoryOperation::Outcome;

constexpr std::int64_t most_windows = 250;

// The smallest of 1, 2, 5, 10, 20, 50 … nanoseconds with at most most_windows in `duration`.
Duration round_width(Duration duration) {
  for (std::int64_t decade = 1;; decade *= 10) {
    for (const std::int64_t digit : {1, 2, 5}) {
      const Duration width(decade * digit);
      if (duration.ns() / width.ns() < most_windows) return width;
    }
  }
}

// Nearest rank; `sorted` is not empty.
std::int64_t quantile(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

// One window, being filled.
struct Filling {
  ClientWindow counts;
  std::vector<std::int64_t> latencies;

  ClientWindow finish() {
    if (latencies.empty()) return counts;
    std::sort(latencies.begin(), latencies.end());
    counts.p50 = quantile(latencies, 50);
    counts.p99 = quantile(latencies, 99);
    counts.most = latencies.back();
    return counts;
  }
};

template <class Place>
std::vector<ClientWindow> filled(const std::vector<HistoryOperation>& history, std::size_t count,
                                 Place place) {
  std::vector<Filling> windows(count);
  for (const HistoryOperation& operation : history) {
    Filling& began = windows[place(operation.invoked)];
    switch (operation.outcome) {
      case Outcome::ok:
        ++windows[place(operation.returned)].counts.ok;
        began.latencies.push_back((operation.returned - operation.invoked).ns());
        break;
      case Outcome::failed: ++windows[place(operation.returned)].counts.failed; break;
      case Outcome::unknown: ++began.counts.unknown; break;
    }
  }
  std::vector<ClientWindow> result;
  for (Filling& window : windows) result.push_back(window.finish());
  return result;
}

}  // namespace

ClientWindows client_windows(const std::vector<HistoryOperation>& history, Duration duration) {
  ClientWindows result;
  result.width = round_width(duration);
  const auto count = static_cast<std::size_t>(duration.ns() / result.width.ns()) + 1;
  result.windows = filled(history, count, [&](Instant at) {
    const std::int64_t window = std::max<std::int64_t>(at.ns(), 0) / result.width.ns();
    return std::min(static_cast<std::size_t>(window), count - 1);
  });
  return result;
}

ClientWindow client_totals(const std::vector<HistoryOperation>& history) {
  return filled(history, 1, [](Instant) { return std::size_t{0}; }).front();
}

ChosenOperations choose_operations(const std::vector<HistoryOperation>& history, std::size_t most) {
  ChosenOperations chosen;
  std::vector<std::size_t> fine;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const bool take = history.size() <= most ||
                      (history[i].outcome != Outcome::ok && chosen.places.size() < most / 2);
    if (take)
      chosen.places.push_back(i);
    else if (history[i].outcome == Outcome::ok)
      fine.push_back(i);
  }
  if (fine.empty()) return chosen;
  const std::size_t slowest = std::min(fine.size(), most / 10);
  std::partial_sort(fine.begin(), fine.begin() + static_cast<std::ptrdiff_t>(slowest), fine.end(),
                    [&](std::size_t a, std::size_t b) {
                      const Duration la = history[a].returned - history[a].invoked;
                      const Duration lb = history[b].returned - history[b].invoked;
                      return la != lb ? la > lb : a < b;
                    });
  const auto rest = fine.begin() + static_cast<std::ptrdiff_t>(slowest);
  chosen.places.insert(chosen.places.end(), fine.begin(), rest);
  std::sort(rest, fine.end());
  const std::size_t left = fine.size() - slowest;
  const std::size_t room = std::max<std::size_t>(most - std::min(most, chosen.places.size()), 1);
  chosen.every = std::max<std::size_t>(1, (left + room - 1) / room);
  for (std::size_t i = slowest; i < fine.size(); i += chosen.every)
    chosen.places.push_back(fine[i]);
  std::sort(chosen.places.begin(), chosen.places.end());
  return chosen;
}

}  // namespace lockstep::sim
