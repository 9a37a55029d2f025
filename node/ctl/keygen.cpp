// `lockstepctl keygen`: a node's pair of keys, and the public key of a file.
#include <fmt/format.h>

#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/keys/ed25519.hpp"
#include "node/keys/key_files.hpp"

namespace lockstep::ctl {
namespace {

std::string json_of(const node::NodeKey& key) {
  return fmt::format("\"node\":{},\"key\":\"{}\"", key.node.value(), node::hex_of(key.key));
}

}  // namespace

int keygen(const Common& common, const KeygenWords& words) {
  const node::NodeSecret secret{NodeId(words.node), node::ed25519_random_secret()};
  const node::NodeKey key{secret.node, node::ed25519_public(secret.secret)};
  try {
    const node::KeyPaths paths = node::write_pair(words.folder, secret);
    if (common.json) {
      fmt::print("{{{},\"secret_file\":{},\"public_file\":{}}}\n", json_of(key),
                 json_text(paths.secret), json_text(paths.key));
      return exit_ok;
    }
    fmt::print("{}", node::text_of(key));
    fmt::print(stderr, "{} is for every node, {} for node {} alone\n", paths.key, paths.secret,
               words.node);
  } catch (const node::KeysThere& there) {
    throw Stop(exit_no, there.what());
  } catch (const node::KeysNotWritten& refused) {
    throw Stop(exit_cannot_write, refused.what());
  }
  return exit_ok;
}

int keygen_show(const Common& common, const std::string& file) {
  node::Errors errors;
  const auto key = node::read_either(file, errors);
  if (!key) throw Stop(exit_no_input, errors.text());
  common.json ? fmt::print("{{{}}}\n", json_of(*key)) : fmt::print("{}", node::text_of(*key));
  return exit_ok;
}

}  // namespace lockstep::ctl
