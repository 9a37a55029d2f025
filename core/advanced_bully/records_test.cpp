#include "core/advanced_bully/records.hpp"

#include <doctest/doctest.h>

namespace lockstep::advanced_bully {
namespace {

TEST_CASE("records that a machine wrote have no flaw; a token or a trail that goes back has one") {
  audit::Trail trail;
  const Record first = trail.append(Instant(1), audit::ElectionStarted{Epoch(1), NodeId(1)});
  const Record second = trail.append(Instant(2), audit::NodeFailed{NodeId(2)});
  const Record action = fencing::Action{{Epoch(1), 2}, "k", "v"};
  const Record older = fencing::Action{{Epoch(1), 1}, "k", "w"};
  CHECK(flaw_in({}).empty());
  CHECK(flaw_in({first, action, second}).empty());
  CHECK(flaw_in({action, older}) == "the tokens of its actions go back");
  CHECK(flaw_in({second}).starts_with("its audit trail is broken: "));
  CHECK(flaw_in({first, first}).starts_with("its audit trail is broken: "));
}

}  // namespace
}  // namespace lockstep::advanced_bully
