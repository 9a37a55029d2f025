#include "node/config/processor_quota.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lockstep::node {
namespace {

struct Groups {
  std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("groups-" + std::to_string(getpid()));
  Groups() { std::filesystem::create_directories(root / "a/b"); }
  ~Groups() { std::filesystem::remove_all(root); }
  void put(const char* file, const char* text) const { std::ofstream(root / file) << text; }
  [[nodiscard]] bool quota() const { return has_processor_quota(root / "member", root); }
};

TEST_CASE("a quota counts on the group itself and on those above it") {
  const Groups groups;
  CHECK_FALSE(groups.quota());
  groups.put("member", "1:cpu:/x\n0::/a/b\n");
  groups.put("a/b/cpu.max", "max 100000\n");
  CHECK_FALSE(groups.quota());
  groups.put("a/cpu.max", "50000 100000\n");
  CHECK(groups.quota());
  groups.put("a/cpu.max", "max 100000\n");
  CHECK_FALSE(groups.quota());
  groups.put("a/b/cpu.max", "200000 100000\n");
  CHECK(groups.quota());
  groups.put("member", "0::/\n");
  CHECK_FALSE(groups.quota());
  groups.put("cpu.max", "200000 100000\n");  // a container sees its own group as the root
  CHECK(groups.quota());
  groups.put("a/b/cpu.max", "max 100000\n");
  groups.put("member", "0::/a/b\n");  // so does what stands below it there
  CHECK(groups.quota());
}

}  // namespace
}  // namespace lockstep::node
