#include "node/config/control_groups.hpp"

#include <fstream>

namespace lockstep::node {
namespace {

// The group of version 2: the line "0::/path". The root's is "/", and so is one that is not known.
std::string own_group(const std::string& membership) {
  std::ifstream file(membership);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::/")) return line.substr(3);
  }
  return "/";
}

}  // namespace

std::vector<std::string> control_groups(const std::string& membership, const std::string& groups) {
  std::vector<std::string> folders;
  std::string group = own_group(membership);
  if (group == "/") group.clear();
  for (; !group.empty(); group.resize(group.rfind('/'))) folders.push_back(groups + group);
  folders.push_back(groups);
  return folders;
}

}  // namespace lockstep::node
