// docs/faults.md and the code list the same kinds of faults.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "sim/scenario/parse_parts.hpp"

namespace lockstep::sim {
namespace {

// What stands in backticks in the first column of the tables of a page.
std::set<std::string> keys_on(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  std::set<std::string> keys;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string cell = line.substr(2, line.find(" | ") - 2);
    // "`crash` with `torn`": what comes after "with" is an option of the key.
    std::istringstream words(cell.substr(0, cell.find(" with ")));
    for (std::string word; words >> word;) {
      std::erase_if(word, [](char c) { return c == '`' || c == ','; });
      keys.insert(word);
    }
  }
  return keys;
}

TEST_CASE("the page of the fault model lists every kind that the code knows, and no other") {
  const auto known = fault_keys();
  std::set<std::string> expected(known.begin(), known.end());
  std::set<std::string> listed = keys_on("docs/faults.md");
  listed.erase("\"all\"");
  CHECK(listed == expected);
  CHECK(expected.size() > 25);
}

}  // namespace
}  // namespace lockstep::sim
