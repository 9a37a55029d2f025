#include "core/advanced_bully/records.hpp"

#include "core/fencing/resource.hpp"

namespace lockstep::advanced_bully {

std::string flaw_in(const std::vector<Record>& records) {
  std::vector<fencing::Action> actions;
  std::vector<audit::Record> trail;
  for (const Record& record : records) {
    if (const auto* action = std::get_if<fencing::Action>(&record)) actions.push_back(*action);
    if (const auto* event = std::get_if<audit::Event>(&record)) trail.emplace_back(*event);
    if (const auto* snapshot = std::get_if<audit::Snapshot>(&record)) trail.emplace_back(*snapshot);
  }
  if (!fencing::Resource().restore(actions)) return "the tokens of its actions go back";
  const auto restored = audit::restore(trail);
  const auto* flaw = std::get_if<audit::Flaw>(&restored);
  return flaw == nullptr ? "" : "its audit trail is broken: " + audit::explain(*flaw);
}

}  // namespace lockstep::advanced_bully
