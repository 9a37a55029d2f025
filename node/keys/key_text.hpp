// The text of a key file: comments, and one line.
//
//   lockstep-ed25519 NODE HEX             the public key of a node, for all its peers
//   lockstep-ed25519-secret NODE HEX      its secret key, for the node alone
//
// NODE is 1 to 1000, HEX 64 digits: the 32 bytes of RFC 8032, of a secret its seed. Empty lines and
// those that begin with # are passed over. In place of PEM, a line names the node, so that a key
// keeps its owner whatever its file is called, and can be read out, compared and put in a mail.
//
// Errors name file and line and never show what was found: it may be a secret.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/strong.hpp"
#include "core/quorum/signature.hpp"
#include "node/config/value.hpp"

namespace lockstep::node {

struct NodeKey {
  NodeId node;
  quorum::PublicKey key;
  friend bool operator==(const NodeKey&, const NodeKey&) = default;
};

struct NodeSecret {
  NodeId node;
  quorum::SecretKey secret;
  friend bool operator==(const NodeSecret&, const NodeSecret&) = default;
};

// With the end of the line.
[[nodiscard]] std::string text_of(const NodeKey& key);
[[nodiscard]] std::string text_of(const NodeSecret& secret);
// 64 digits.
[[nodiscard]] std::string hex_of(const quorum::PublicKey& key);

// Nothing, and an error, unless it is the text of one such key; of a public key also where nobody
// should be known by it (refusal() in ed25519.hpp). `file` is its name in the error.
[[nodiscard]] std::optional<NodeKey> parse_key(const std::string& file, std::string_view text,
                                               Errors& errors);
[[nodiscard]] std::optional<NodeSecret> parse_secret(const std::string& file, std::string_view text,
                                                     Errors& errors);
// Whether its key line, good or not, is that of a secret.
[[nodiscard]] bool says_secret(std::string_view text);

}  // namespace lockstep::node
