#include "sim/check/bully_rules.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace lockstep;
using namespace lockstep::sim;

namespace {

using Members = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

std::vector<Violation> found(const std::vector<Members>& groups) {
  BullyView view;
  for (const Members& members : groups) {
    view.groups.emplace_back();
    for (const auto& [node, coordinator] : members)
      view.groups.back().push_back({NodeId(node), NodeId(coordinator)});
  }
  return BullyRules().check_quiet(view, Instant(7));
}

std::string broken(const std::vector<Members>& groups) {
  std::string rules;
  for (const Violation& violation : found(groups))
    rules += (rules.empty() ? "" : ", ") + violation.rule;
  return rules;
}

}  // namespace

TEST_CASE("quiet groups that follow their highest live node break nothing") {
  CHECK(broken({}) == "");
  CHECK(broken({{{1, 1}}}) == "");
  CHECK(broken({{{1, 3}, {2, 3}, {3, 3}}}) == "");
  CHECK_MESSAGE(broken({{{1, 2}, {2, 2}}, {{3, 5}, {5, 5}}}) == "", "each group has its own");
}

TEST_CASE("one coordinator") {
  CHECK(broken({{{1, 3}, {2, 2}, {3, 3}}}) == "one coordinator");
  CHECK(found({{{1, 3}, {2, 2}, {3, 3}}})[0].text ==
        "n2 and n3 both coordinate, and they reach each other");
  CHECK(found({{{1, 3}, {2, 2}, {3, 3}}})[0].at == Instant(7));
}

TEST_CASE("highest coordinator") {
  CHECK(broken({{{1, 2}, {2, 2}, {3, 2}}}) == "highest coordinator");
  CHECK(found({{{3, 2}, {2, 2}, {1, 2}}})[0].text == "n2 coordinates although n3 is alive");
}

TEST_CASE("everyone knows") {
  CHECK(broken({{{1, 0}, {2, 3}, {3, 3}}}) == "everyone knows");
  CHECK(broken({{{1, 2}, {2, 3}, {3, 3}}}) == "everyone knows");
  CHECK_MESSAGE(broken({{{1, 4}, {2, 4}, {3, 4}}}) == "everyone knows",
                "a dead one is no coordinator");
  CHECK_MESSAGE(broken({{{1, 5}, {2, 2}}, {{5, 5}}}) == "everyone knows",
                "one of another group is none either");
  CHECK(found({{{1, 0}, {2, 0}}})[0].node == NodeId(1));
}

TEST_CASE("each group is judged for itself") {
  CHECK(broken({{{1, 1}, {2, 2}}, {{3, 3}, {4, 3}}}) == "one coordinator, highest coordinator");
}
