#include "node/election/keyring.hpp"

#include <doctest/doctest.h>

#include "node/keys/folder_for_tests.hpp"

namespace lockstep::node {
namespace {

// Node 2 of three, with the keys of those nodes.
Config config_of(const Folder& folder, const std::vector<std::uint32_t>& keys) {
  Config config;
  config.id = NodeId(2);
  for (std::uint32_t n = 1; n <= 3; ++n) config.members.push_back({NodeId(n), {}, {}});
  config.election.mode = quorum::Mode::majority;
  config.election.keys = folder.path();
  config.election.secret = folder.write("mine", text_of(secret_of(2)));
  for (const std::uint32_t n : keys)
    folder.write("node-" + std::to_string(n) + ".pub", text_of(key_of(n)));
  return config;
}

std::string refusal_of(const Config& config) {
  try {
    (void)keyring_of(config);
    return "none";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

TEST_CASE("the keys of all members and the node's own secret make a keyring") {
  const Folder folder;
  const auto ring = keyring_of(config_of(folder, {1, 2, 3}));
  CHECK(ring.self == NodeId(2));
  CHECK(ring.keys.size() == 3);
  CHECK(ring.verify(NodeId(2), "text", ring.sign("text")));
}

TEST_CASE("a member without a key, a key without a member, and another node's secret are refused") {
  {
    const Folder folder;
    const std::string said = refusal_of(config_of(folder, {2}));
    CHECK(holds(said, "election.keys: there is no key of member 1; copy its node-1.pub here"));
    CHECK(holds(said, "there is no key of member 3"));
  }
  {
    const Folder folder;
    CHECK(holds(refusal_of(config_of(folder, {1, 2, 3, 4})),
                "there is a key of node 4, which is no member; take it away"));
  }
  const Folder folder;
  Config config = config_of(folder, {1, 2, 3});
  config.id = NodeId(3);
  CHECK(holds(refusal_of(config),
              "election.secret: is the secret of node 2, and this is node 3; name its own"));
  config.election.secret = folder.path() + "/nowhere";
  CHECK(holds(refusal_of(config), "there is no such file"));
}

}  // namespace
}  // namespace lockstep::node
