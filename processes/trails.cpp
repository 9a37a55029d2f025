#include "processes/trails.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/text/to_text.hpp"
#include "node/audit/reader.hpp"
#include "node/config/described_json.hpp"

namespace lockstep::processes {
namespace {

std::string json_of(const audit::Event& event) {
  const auto fields =
      std::visit([](const auto& what) { return node::described_json(what); }, event.what);
  return node::dumped({{"sequence", event.sequence.value()},
                       {"kind", name_of(audit::kind_of(event.what))},
                       {"text", to_text(event.what)},
                       {"fields", fields}});
}

}  // namespace

void Trails::broken(std::uint32_t node, Instant at, const std::string& why) {
  violations_.push_back(
      {"trail broken", fmt::format("n{}: {}", node + 1, why), NodeId(node + 1), at});
}

void Trails::told(NodeEvent event) {
  const auto [known, added] = told_.at(event.node).emplace(event.number, event);
  if (!added && known->second.text != event.text)
    broken(event.node, event.at,
           fmt::format("event {} is '{}', and was '{}'", event.number, event.text,
                       known->second.text));
}

std::uint64_t Trails::newest_epoch(std::uint32_t node) const {
  std::uint64_t newest = 0;
  for (const auto& [number, event] : told_.at(node)) {
    if (event.kind == "leader_changed") newest = std::max(newest, event.term);
  }
  return newest;
}

void Trails::look_at(std::uint32_t node, const std::string& database, Instant ended,
                     const Read& read) {
  if (told_.at(node).empty() && !std::filesystem::exists(database)) return;
  try {
    node::AuditReader reader(database);
    const node::AuditVerdict verdict = reader.verify(std::nullopt);
    if (!verdict.wrong.empty()) broken(node, ended, verdict.sentence);
    reader.events(audit::Sequence(1), [&](const audit::Event& event) {
      NodeEvent found = read(json_of(event), event.at);
      found.node = node;
      told(std::move(found));
      return true;
    });
  } catch (const node::AuditRefused& refused) {
    broken(node, ended, refused.what());
  }
}

std::vector<NodeEvent> Trails::all() const {
  std::vector<NodeEvent> all;
  for (const auto& trail : told_) {
    for (const auto& [number, event] : trail) all.push_back(event);
  }
  return all;
}

}  // namespace lockstep::processes
