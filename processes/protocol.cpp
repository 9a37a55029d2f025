#include "processes/protocol.hpp"

#include "processes/election_protocol.hpp"
#include "processes/files_protocol.hpp"
#include "processes/raft_protocol.hpp"

namespace lockstep::processes {

std::string Protocol::path_of(const std::string& key) const {
  return "config." + key.substr(key.find('.') + 1);
}

std::unique_ptr<Protocol> protocol_of(const sim::Scenario& scenario) {
  if (scenario.protocol == "raft") return std::make_unique<RaftProtocol>(scenario);
  if (scenario.protocol == "advanced_bully") return std::make_unique<ElectionProtocol>(scenario);
  if (scenario.protocol == "flood") return std::make_unique<FilesProtocol>(scenario);
  return nullptr;
}

}  // namespace lockstep::processes
