#include "node/config/processor_quota.hpp"

#include <fstream>

namespace lockstep::node {
namespace {

// The group of version 2: the line "0::/path".
std::string own_group(const std::string& membership) {
  std::ifstream file(membership);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::/")) return line.substr(3);
  }
  return "/";
}

}  // namespace

bool has_processor_quota(const std::string& membership, const std::string& groups) {
  for (std::string group = own_group(membership); !group.empty(); group.resize(group.rfind('/'))) {
    std::ifstream file(groups + group + "/cpu.max");
    std::string quota;
    if (file >> quota && quota != "max") return true;
  }
  return false;
}

}  // namespace lockstep::node
