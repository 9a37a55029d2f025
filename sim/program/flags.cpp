#include <fmt/core.h>

#include <charconv>

#include "sim/program/commands.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {

void ScenarioFlags::add_to(CLI::App& command, const std::string& default_fabric) {
  command.add_option("FILE", file, "the scenario")->required();
  command.add_option("--seed", seed, "run with this seed in place of the scenario's")
      ->check(refuse_unless_whole);
  fabric = simgrid_is_built() ? default_fabric : "loop";
  command.add_option("--fabric", fabric, "simgrid or loop")
      ->check(CLI::IsMember({"simgrid", "loop"}))
      ->capture_default_str();
  command
      .add_option("--set", settings,
                  "path=value, as in --set config.heartbeat=\"20 ms\"; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
}

Scenario ScenarioFlags::load() const {
  return load_scenario(file, overrides_from(file, settings, seed));
}

FabricKind ScenarioFlags::kind() const {
  if (fabric == "simgrid" && !simgrid_is_built()) {
    throw ScenarioError(file, {}, "--fabric", "this build has no SimGrid; use --fabric loop");
  }
  return fabric == "simgrid" ? FabricKind::simgrid : FabricKind::loop;
}

std::string ScenarioFlags::command_line(const std::string& word) const {
  std::string line = "./lockstep " + word + " " + file + " --fabric " + fabric;
  if (seed) line += " --seed " + std::to_string(*seed);
  for (const auto& setting : settings) line += " --set '" + setting + "'";
  return line;
}

std::string refuse_unless_whole(const std::string& text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  return result.ec == std::errc() && result.ptr == end
             ? ""
             : fmt::format("'{}' is not a whole number from 0 to 2^64 - 1", text);
}

}  // namespace lockstep::sim
