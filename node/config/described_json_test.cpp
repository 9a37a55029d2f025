#include "node/config/described_json.hpp"

#include <doctest/doctest.h>

#include "core/audit/event.hpp"

namespace lockstep::node {
namespace {

TEST_CASE("what is described becomes an object of its fields") {
  const audit::TokenRefused refused{{Epoch(2), 7}, NodeId(1), {Epoch(3), 1}};
  CHECK(dumped(described_json(refused)) ==
        R"({"token":{"epoch":2,"number":7},"holder":1,"newest":{"epoch":3,"number":1}})");
  const Json detected = described_json(audit::ByzantineDetected{Epoch(1), NodeId(4), "replay", {}});
  CHECK(detected["offence"] == "replay");
  CHECK(detected["evidence"] == std::string(64, '0'));
  CHECK(described_json(microseconds(1500)) == Json(1.5));
  CHECK(described_json(audit::Kind::node_failed) == Json("node_failed"));
}

}  // namespace
}  // namespace lockstep::node
