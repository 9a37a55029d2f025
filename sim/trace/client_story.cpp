#include "sim/trace/client_story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/text/to_text.hpp"
#include "sim/trace/story.hpp"
#include "sim/trace/trouble.hpp"

namespace lockstep::sim {

namespace {

using Outcome = HistoryOperation::Outcome;

constexpr std::size_t most_phases = 8;

std::string seconds_text(Instant at) {
  const std::int64_t ms = (at.ns() + 500'000) / 1'000'000;
  return fmt::format("{}.{:03} s", ms / 1000, ms % 1000);
}

// Operations by where they were invoked.
class Tally {
 public:
  void add(const HistoryOperation& operation) {
    switch (operation.outcome) {
      case Outcome::ok: latencies_.push_back(operation.returned - operation.invoked); break;
      case Outcome::failed: ++failed_; break;
      case Outcome::unknown: ++unknown_; break;
    }
  }
  [[nodiscard]] bool empty() const { return latencies_.empty() && failed_ == 0 && unknown_ == 0; }
  [[nodiscard]] std::string counts() const {
    return fmt::format("{} operations ok, {} unknown, {} failed", latencies_.size(), unknown_,
                       failed_);
  }
  [[nodiscard]] std::string in_short() {
    if (empty()) return "no operations";
    std::string text = fmt::format("{} ok", latencies_.size());
    if (unknown_ > 0) text += fmt::format(", {} unknown", unknown_);
    if (failed_ > 0) text += fmt::format(", {} failed", failed_);
    return text + quantiles();
  }

 private:
  // Nearest rank: the smallest latency that at least q of 100 do not exceed.
  [[nodiscard]] std::string quantiles() {
    if (latencies_.empty()) return "";
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](std::size_t q) {
      return latencies_[(latencies_.size() * q + 99) / 100 - 1];
    };
    return fmt::format("; p50 {}, p99 {}", rounded(at(50)), rounded(at(99)));
  }

  std::vector<Duration> latencies_;
  std::size_t failed_ = 0;
  std::size_t unknown_ = 0;
};

struct Phase {
  Instant from;
  std::string name;
  Tally tally;
};

bool changes_the_weather(const TracedFault& fault) {
  return fault.kind != "tell" && fault.kind != "skipped";
}

std::vector<Phase> phases_of(const std::vector<TraceLine>& lines) {
  std::vector<Phase> phases;
  phases.push_back({Instant(), "from the start", {}});
  for (const TraceLine& line : lines) {
    const auto* fault = std::get_if<TracedFault>(&line);
    if (fault == nullptr || !changes_the_weather(*fault)) continue;
    const std::string& text = fault->text.empty() ? fault->kind : fault->text;
    if (fault->at == phases.back().from && phases.size() > 1)
      phases.back().name += ", " + text;
    else
      phases.push_back({fault->at, fmt::format("from {}, {}", seconds_text(fault->at), text), {}});
  }
  return phases;
}

void tell_phases(std::vector<Phase>& phases, const std::vector<HistoryOperation>& history,
                 std::vector<std::string>& told) {
  for (const HistoryOperation& operation : history) {
    const auto after = std::partition_point(phases.begin(), phases.end(), [&](const Phase& phase) {
      return phase.from <= operation.invoked;
    });
    (after == phases.begin() ? phases.front() : *std::prev(after)).tally.add(operation);
  }
  for (Phase& phase : phases)
    told.push_back(fmt::format("  {}: {}", phase.name, phase.tally.in_short()));
}

// Too many phases to list: those with and those without something broken.
void tell_weather(const std::vector<TraceLine>& lines, const std::vector<HistoryOperation>& history,
                  std::size_t phases, std::vector<std::string>& told) {
  std::vector<std::pair<Instant, int>> changes;
  for (const Trouble& trouble : read_troubles(lines, 0)) {
    changes.emplace_back(trouble.from, 1);
    if (trouble.until) changes.emplace_back(*trouble.until, -1);
  }
  std::sort(changes.begin(), changes.end());
  std::vector<std::pair<Instant, int>> broken;  // how many troubles from an instant on
  int count = 0;
  for (const auto& [at, change] : changes) broken.emplace_back(at, count += change);
  Tally calm;
  Tally rough;
  for (const HistoryOperation& operation : history) {
    const auto after = std::partition_point(broken.begin(), broken.end(), [&](const auto& item) {
      return item.first <= operation.invoked;
    });
    (after != broken.begin() && std::prev(after)->second > 0 ? rough : calm).add(operation);
  }
  told.push_back("  while something was broken: " + rough.in_short());
  told.push_back("  while nothing was: " + calm.in_short());
  told.push_back(fmt::format("  (the {} phases between faults are not listed one by one)", phases));
}

}  // namespace

std::vector<std::string> tell_clients(const std::vector<TraceLine>& lines,
                                      const std::vector<HistoryOperation>& history, Instant end) {
  std::vector<std::string> told;
  if (history.empty()) return told;
  Tally all;
  for (const HistoryOperation& operation : history) all.add(operation);
  const LongestWait wait = longest_wait(history, end);
  std::string line = "clients: " + all.counts();
  if (wait.length > Duration(0))
    line += fmt::format("; longest wait {}, from {}{}", rounded(wait.length),
                        seconds_text(wait.from), wait.to_the_end ? " to the end" : "");
  told.push_back(std::move(line));

  std::vector<Phase> phases = phases_of(lines);
  if (phases.size() > most_phases)
    tell_weather(lines, history, phases.size(), told);
  else
    tell_phases(phases, history, told);
  return told;
}

std::string rounded(Duration duration) {
  const std::int64_t ns = duration.ns();
  const auto three_digits = [](std::int64_t value, std::int64_t unit, std::string_view name) {
    // value / unit with three significant digits, in tenths or hundredths of the unit at most.
    const std::int64_t whole = value / unit;
    const std::int64_t parts = whole >= 100 ? 1 : whole >= 10 ? 10 : 100;
    const std::int64_t scaled = (value * parts + unit / 2) / unit;
    if (parts == 1 || scaled % parts == 0) return fmt::format("{} {}", scaled / parts, name);
    std::string text =
        fmt::format("{}.{:0{}}", scaled / parts, scaled % parts, parts == 100 ? 2 : 1);
    while (text.back() == '0') text.pop_back();
    return fmt::format("{} {}", text, name);
  };
  if (ns < 1'000) return fmt::format("{} ns", ns);
  if (ns < 1'000'000) return three_digits(ns, 1'000, "us");
  if (ns < 1'000'000'000) return three_digits(ns, 1'000'000, "ms");
  return three_digits(ns / 1'000'000, 1'000, "s");
}

LongestWait longest_wait(const std::vector<HistoryOperation>& history, Instant end) {
  // Outcomes before invocations at one instant: an operation invoked as another completes waits
  // from then on.
  struct Event {
    Instant at;
    enum Kind : std::uint8_t { completed, failed, invoked, invoked_unknown } kind;
  };
  std::vector<Event> events;
  for (const HistoryOperation& operation : history) {
    const bool known = operation.outcome != Outcome::unknown;
    if (known && operation.returned == operation.invoked) continue;  // no wait at all
    events.push_back({operation.invoked, known ? Event::invoked : Event::invoked_unknown});
    if (!known) continue;
    events.push_back(
        {operation.returned, operation.outcome == Outcome::ok ? Event::completed : Event::failed});
  }
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::pair(a.at, a.kind) < std::pair(b.at, b.kind);
  });
  LongestWait longest;
  std::int64_t open = 0;
  bool waiting = false;
  Instant since;  // meaningful while waiting
  const auto waited = [&](Instant until, bool to_the_end) {
    if (waiting && until - since > longest.length) longest = {since, until - since, to_the_end};
  };
  for (const Event& event : events) {
    switch (event.kind) {
      case Event::invoked: ++open; [[fallthrough]];
      case Event::invoked_unknown:
        if (!waiting) since = event.at;
        waiting = true;
        break;
      case Event::failed:
        if (--open > 0) break;
        waited(event.at, false);
        waiting = false;
        break;
      case Event::completed:
        --open;
        waited(event.at, false);
        since = event.at;
        waiting = open > 0;
        break;
    }
  }
  waited(end, true);
  return longest;
}

}  // namespace lockstep::sim
