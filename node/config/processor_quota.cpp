#include "node/config/processor_quota.hpp"

#include <fstream>

#include "node/config/control_groups.hpp"

namespace lockstep::node {

bool has_processor_quota(const std::string& membership, const std::string& groups) {
  for (const std::string& folder : control_groups(membership, groups)) {
    std::ifstream file(folder + "/cpu.max");
    std::string quota;
    if (file >> quota && quota != "max") return true;
  }
  return false;
}

}  // namespace lockstep::node
