#include "sim/protocols/raft_and_flood_format.hpp"

#include <algorithm>

#include "sim/protocols/flood_format.hpp"
#include "sim/protocols/raft_format.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {
namespace {

using Read = void (*)(Reader&, std::uint32_t);

void read_sides(Reader& both, std::uint32_t nodes, Read raft, Read flood) {
  Reader of_raft = both.object("raft"), of_flood = both.object("flood");
  raft(of_raft, nodes);
  flood(of_flood, nodes);
  both.finish();
}

std::vector<std::string> united(std::vector<std::string> all,
                                const std::vector<std::string>& more) {
  for (const std::string& word : more) {
    if (std::find(all.begin(), all.end(), word) == all.end()) all.push_back(word);
  }
  return all;
}

std::string part(const std::string& text, const char* side) {
  const Json whole = Json::parse(text);
  const auto found = whole.find(side);
  return found == whole.end() ? "{}" : found->dump();
}

}  // namespace

Scenario side_of(const Scenario& scenario, const char* side) {
  Scenario alone = scenario;
  alone.config = part(scenario.config, side);
  alone.setup = part(scenario.setup, side);
  return alone;
}

ProtocolFormat raft_and_flood_format() {
  ProtocolFormat both = raft_format();
  const ProtocolFormat flood = flood_format();
  both.name = "raft_and_flood";
  both.read_config = [](Reader& config, std::uint32_t nodes) {
    read_sides(config, nodes, raft_format().read_config, flood_format().read_config);
  };
  both.read_setup = [](Reader& setup, std::uint32_t nodes) {
    read_sides(setup, nodes, raft_format().read_setup, flood_format().read_setup);
  };
  both.verbs = united(both.verbs, flood.verbs);
  both.messages = united(both.messages, flood.messages);
  both.fields = united(both.fields, flood.fields);
  both.witnesses = united(both.witnesses, flood.witnesses);
  both.rules = united(both.rules, flood.rules);
  both.is_drawn = false;
  return both;
}

}  // namespace lockstep::sim
