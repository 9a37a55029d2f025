#include "sim/fuzz/coverage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/fuzz/kinds.hpp"
#include "sim/scenario/formats.hpp"

namespace lockstep::sim {
namespace {

constexpr std::string_view phases[] = {"no leader", "writing", "idle"};

const ProtocolFormat& format_of(std::string_view protocol) {
  const auto& formats = protocol_formats();
  return *std::find_if(formats.begin(), formats.end(),
                       [&](const ProtocolFormat& format) { return format.name == protocol; });
}

// Faults that hit nobody in particular.
bool has_victim(const FaultKind& kind) { return std::string_view(kind.name) != "heal"; }

bool cannot_be_reached(std::string_view protocol, const std::string& witness) {
  const auto& list = unreachable(protocol);
  return std::any_of(list.begin(), list.end(),
                     [&](const Unreachable& known) { return known.witness == witness; });
}

}  // namespace

void Coverage::add(const std::vector<Struck>& struck, const std::vector<std::string>& witnesses) {
  ++runs_;
  for (const Struck& s : struck) met_[{s.kind, s.role, s.phase}] += s.times;
  for (const std::string& witness : witnesses) ++witnesses_[witness];
}

// Of an empty role or phase: all of them.
std::uint64_t Coverage::count(std::string_view kind, std::string_view role,
                              std::string_view phase) const {
  std::uint64_t times = 0;
  for (const auto& [met, count] : met_) {
    const auto& [its_kind, its_role, its_phase] = met;
    if (its_kind == kind && (role.empty() || its_role == role) &&
        (phase.empty() || its_phase == phase))
      times += count;
  }
  return times;
}

// What the protocol has names for, and what was met besides.
std::vector<std::string> Coverage::roles() const {
  std::vector<std::string> roles = format_of(protocol_).roles;
  for (const auto& [met, count] : met_) {
    const std::string& role = std::get<1>(met);
    if (!role.empty() && std::find(roles.begin(), roles.end(), role) == roles.end())
      roles.push_back(role);
  }
  return roles;
}

std::vector<std::string> Coverage::never_reached() const {
  std::vector<std::string> never;
  for (const FaultKind& kind : fault_kinds(protocol_)) {
    if (count(kind.name, "", "") == 0) {
      never.push_back(kind.name);
      continue;
    }
    if (!has_victim(kind)) continue;
    for (const std::string& role : format_of(protocol_).roles) {
      if (count(kind.name, role, "") == 0)
        never.push_back(fmt::format("{} of a {}", kind.name, role));
    }
    if (count(kind.name, "", "no leader") == 0)
      never.push_back(fmt::format("{} while nobody leads", kind.name));
  }
  for (const std::string& witness : format_of(protocol_).witnesses) {
    if (!witnesses_.contains(witness) && !cannot_be_reached(protocol_, witness))
      never.push_back("witness " + witness);
  }
  return never;
}

std::string Coverage::table() const {
  const auto columns = roles();
  std::string text = fmt::format("{:<15}", "fault struck");
  for (const std::string& role : columns) text += fmt::format(" {:>14}", role);
  text += "  |";
  for (const auto phase : phases) text += fmt::format(" {:>10}", phase);
  text += "\n";
  for (const FaultKind& kind : fault_kinds(protocol_)) {
    text += fmt::format("{:<15}", kind.name);
    for (const std::string& role : columns)
      text += fmt::format(" {:>14}", count(kind.name, role, ""));
    text += "  |";
    for (const auto phase : phases) text += fmt::format(" {:>10}", count(kind.name, "", phase));
    text += "\n";
  }
  text += "\nwitnesses, in percent of the runs:";
  std::size_t column = 100;
  for (const std::string& witness : format_of(protocol_).witnesses) {
    const auto seen = witnesses_.find(witness);
    const double share =
        seen == witnesses_.end() || runs_ == 0
            ? 0.0
            : 100.0 * static_cast<double>(seen->second) / static_cast<double>(runs_);
    const std::string cell = fmt::format("{} {:.1f}", witness, share);
    text += column + cell.size() > 98 ? "\n  " + cell : ", " + cell;
    column = (column + cell.size() > 98 ? 0 : column) + cell.size() + 2;
  }
  text += "\nnever reached:";
  const auto never = never_reached();
  if (never.empty()) text += " nothing of these";
  for (const std::string& what : never) text += "\n  " + what;
  text += "\nnever drawn:";
  for (const auto& [witness, why] : unreachable(protocol_))
    text += fmt::format("\n  witness {}: {}", witness, why);
  return text + "\n";
}

Json Coverage::json() const {
  Json struck = Json::array();
  for (const auto& [met, times] : met_) {
    const auto& [kind, role, phase] = met;
    struck.push_back({{"kind", kind}, {"role", role}, {"phase", phase}, {"times", times}});
  }
  Json witnesses = Json::object();
  for (const auto& [witness, runs] : witnesses_) witnesses[witness] = runs;
  return {{"struck", struck}, {"witnesses", witnesses}, {"never_reached", never_reached()}};
}

}  // namespace lockstep::sim
