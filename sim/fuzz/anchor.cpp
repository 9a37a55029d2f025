#include "sim/fuzz/anchor.hpp"

#include <filesystem>

#include "sim/scenario/regions.hpp"

namespace lockstep::sim {

namespace fs = std::filesystem;

namespace {

const Json::json_pointer regions_at("/network/regions");

}  // namespace

Json anchored(Json scenario, const std::string& file) {
  if (!scenario.contains(regions_at)) return scenario;
  const auto found = found_from(scenario[regions_at].get<std::string>(), file);
  if (found) scenario[regions_at] = fs::absolute(*found).lexically_normal().string();
  return scenario;
}

Json put_down(Json scenario, const Json& written, const std::string& file) {
  if (!scenario.contains(regions_at) || !written.contains(regions_at)) return scenario;
  const std::string name = written[regions_at].get<std::string>();
  const auto found = found_from(name, file);
  std::error_code error;
  if (found && fs::equivalent(*found, scenario[regions_at].get<std::string>(), error))
    scenario[regions_at] = name;
  return scenario;
}

void require_loop(const Scenario& scenario) {
  if (scenario.network.platform.empty()) return;
  throw ScenarioError(scenario.file, {}, "network.platform",
                      "only SimGrid reads a platform file, and this runs on the loop; leave it out "
                      "or use regions");
}

}  // namespace lockstep::sim
