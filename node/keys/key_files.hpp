// Keys on disk (key_text.hpp is what a file says): a node's own secret, and the public keys of
// everybody in a folder that is the same on every node.
//
// Promises: a pair is written durably or refused, and never over a file that is there; a secret is
// readable by its owner alone from its first byte, and is refused when its file lets others read or
// write it. After a power cut in the middle of writing a file may be short: it is refused when
// read. Errors are added a line each, with the file and where there is one the line.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "core/quorum/signature.hpp"
#include "node/config/value.hpp"
#include "node/keys/key_text.hpp"

namespace lockstep::node {

inline constexpr std::size_t largest_key_file = 4096;  // bytes

// A public key file that anybody may write is refused.
[[nodiscard]] std::optional<NodeKey> read_key(const std::string& file, Errors& errors);
[[nodiscard]] std::optional<NodeSecret> read_secret(const std::string& file, Errors& errors);
// The public key, of a secret key file as well.
[[nodiscard]] std::optional<NodeKey> read_either(const std::string& file, Errors& errors);

// What a node signs and checks with, by the Ed25519 scheme: the secret, and every file *.pub of the
// folder but hidden ones. Nothing, and errors, if a file is refused, if two name one node or hold
// one key, or if the secret's own public key is not among them.
[[nodiscard]] std::optional<quorum::Keyring> read_keyring(const std::string& folder,
                                                          const std::string& secret_file,
                                                          Errors& errors);

// One of the two files is there already; nothing was written.
struct KeysThere : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// The disk or the folder refused; nothing is left behind.
struct KeysNotWritten : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct KeyPaths {
  std::string secret;  // FOLDER/node-N.secret
  std::string key;     // FOLDER/node-N.pub
};
// Into a folder that is there. Throws KeysThere and KeysNotWritten.
KeyPaths write_pair(const std::string& folder, const NodeSecret& secret);

}  // namespace lockstep::node
