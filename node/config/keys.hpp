// The table of keys: how each is read and written. The order is that of docs/node.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/config/config.hpp"
#include "node/config/value.hpp"

namespace lockstep::node {

struct Key {
  std::string_view name;
  // Adds an error where the value is refused.
  void (*set)(Config& config, const Value& value, Errors& errors);
  // As one writes it; "none" where there is none. Secrets are not told.
  std::string (*show)(const Config& config);
  bool is_switch = false;  // the bare flag means true
};

[[nodiscard]] const std::vector<Key>& keys();
[[nodiscard]] std::vector<Key> election_keys();  // of keys(), those that begin with "election."
[[nodiscard]] std::vector<Key> messages_keys();  // "messages."
[[nodiscard]] std::vector<Key> files_keys();     // "files."
[[nodiscard]] const Key* find_key(std::string_view name);
[[nodiscard]] std::vector<std::string> key_names();
// "raft.heartbeat" to "LOCKSTEP_RAFT_HEARTBEAT".
[[nodiscard]] std::string variable_of(std::string_view key);

}  // namespace lockstep::node
