#include "node/config/control_groups.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lockstep::node {
namespace {

TEST_CASE("a process is counted in its own group and in all above it") {
  const auto file =
      (std::filesystem::temp_directory_path() / ("membership-" + std::to_string(getpid())))
          .string();
  const auto groups = [&](const char* membership) {
    std::ofstream(file) << membership;
    return control_groups(file, "R");
  };
  using Folders = std::vector<std::string>;
  CHECK(groups("4:memory:/x\n0::/a/b\n") == Folders{"R/a/b", "R/a", "R"});
  CHECK(groups("0::/\n") == Folders{"R"});
  CHECK(groups("4:memory:/x\n") == Folders{"R"});
  CHECK(groups("") == Folders{"R"});
  std::filesystem::remove(file);
  CHECK(control_groups(file, "R") == Folders{"R"});
}

}  // namespace
}  // namespace lockstep::node
