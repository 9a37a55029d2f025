#include "sim/trace/shiviz.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include "core/base/flat_map.hpp"
#include "core/text/to_text.hpp"

namespace lockstep::sim {

namespace {

// An id of no node and no client; it orders the scenario's clock entry last.
constexpr NodeId scenario_host{0xFFFFFFFFu};

std::string host_name(NodeId id) { return id == scenario_host ? "scenario" : display_name(id); }

using VectorClock = FlatMap<NodeId, std::uint64_t>;

void merge(VectorClock& into, const VectorClock& other) {
  for (const auto& [id, count] : other) {
    std::uint64_t& mine = into[id];
    mine = std::max(mine, count);
  }
}

class Export {
 public:
  explicit Export(const ShivizLimits& limits) : limits_(limits) {
    append("(?<host>\\S*) (?<clock>{.*})\\n(?<time>\\S*) (?<event>.*)\n\n");
  }
  [[nodiscard]] bool full() const {
    return events_ >= limits_.max_events || out_.size() >= limits_.max_bytes;
  }

  // Whether this step follows the one before it: a trace that leaves steps out ends the prefix.
  bool follows(const TracedStep& step) {
    const bool next = last_number_ == 0 || step.number <= last_number_ + 1;
    last_number_ = step.number;
    return next;
  }

  void operator()(const TracedStep& step) {
    VectorClock& clock = clocks_[step.node.value()];
    if (const auto sender = travelling_.find(step.message);
        step.message != 0 && sender != travelling_.end()) {
      merge(clock, sender->second);
      travelling_.erase(sender);
    }
    event(step.node, clock, step.at, step.text.empty() ? step.event : step.text);
    for (const TracedSend& send : step.sent)
      if (send.lost.empty()) travelling_.emplace(send.id, clock);
  }
  void operator()(const TracedDrop& drop) { travelling_.erase(drop.message); }
  void operator()(const TracedFault& fault) {
    tell(fault.at, fault.text.empty() ? fault.kind : fault.text);
  }
  void operator()(const TracedViolation& violation) {
    tell(violation.at,
         fmt::format("rule broken at {}, step {}: {}: {}", display_name(violation.node),
                     violation.step, violation.rule, violation.text));
  }

  [[nodiscard]] std::string finish(std::size_t left_out, Instant last) {
    if (left_out > 0)
      tell(last, fmt::format("the export stops here: {} later events are left out", left_out));
    return fmt::to_string(out_);
  }

 private:
  void tell(Instant at, std::string_view text) {
    event(scenario_host, clocks_[scenario_host.value()], at, text);
  }
  void event(NodeId host, VectorClock& clock, Instant at, std::string_view text) {
    ++events_;
    ++clock[host];
    append(host_name(host));
    char separator = '{';
    out_.push_back(' ');
    for (const auto& [id, count] : clock) {
      out_.push_back(separator);
      separator = ',';
      fmt::format_to(std::back_inserter(out_), "\"{}\":{}", host_name(id), count);
    }
    append("}\n");
    fmt::format_to(std::back_inserter(out_), "{}.{:09}s ", at.ns() / 1'000'000'000,
                   at.ns() % 1'000'000'000);
    // An event is one line of the file, whatever its text holds.
    for (const char c : text)
      out_.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c);
    out_.push_back('\n');
  }
  void append(std::string_view text) { out_.append(text.data(), text.data() + text.size()); }

  ShivizLimits limits_;
  fmt::memory_buffer out_;
  std::size_t events_ = 0;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint32_t, VectorClock> clocks_;
  std::unordered_map<std::uint64_t, VectorClock> travelling_;  // by message, at its sending
};

}  // namespace

std::string to_shiviz(const std::vector<TraceLine>& lines, const ShivizLimits& limits) {
  Export events(limits);
  std::size_t left_out = 0;
  Instant last;
  for (const TraceLine& line : lines) {
    const auto* step = std::get_if<TracedStep>(&line);
    if (left_out > 0 || events.full() || (step != nullptr && !events.follows(*step))) {
      if (!std::holds_alternative<TracedDrop>(line)) ++left_out;
      continue;
    }
    std::visit([&](const auto& item) { events(item); }, line);
    last = std::visit([](const auto& item) { return item.at; }, line);
  }
  return events.finish(left_out, last);
}

}  // namespace lockstep::sim
