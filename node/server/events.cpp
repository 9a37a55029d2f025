#include "node/server/events.hpp"

#include <fmt/chrono.h>

#include <chrono>
#include <variant>

#include "core/text/to_text.hpp"
#include "node/config/json.hpp"

namespace lockstep::node {

void Events::add(raft::Term term, const raft::Notice& notice) {
  if (std::holds_alternative<raft::Committed>(notice)) return;
  add(term, std::string(alternative_name(notice)), to_text(notice));
}

void Events::add(raft::Term term, std::string kind, std::string text) {
  lines_.push_back({next_++, wall_clock_text(), term.value(), std::move(kind), std::move(text)});
  if (lines_.size() > kept) lines_.pop_front();
  if (watcher_) watcher_(lines_.back());
}

std::vector<EventLine> Events::after(std::uint64_t number) const {
  std::vector<EventLine> found;
  for (const EventLine& line : lines_) {
    if (line.number > number) found.push_back(line);
  }
  return found;
}

std::string event_json(const EventLine& line) {
  return dumped({{"number", line.number},
                 {"time", line.time},
                 {"term", line.term},
                 {"kind", line.kind},
                 {"text", line.text}});
}

std::string wall_clock_text() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000);
}

}  // namespace lockstep::node
