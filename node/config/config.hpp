// What an operator chooses about a node. Read from a file (JSON with comments), then LOCKSTEP_…
// variables, then flags; the later wins (docs/node.md lists the keys).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "core/kv/config.hpp"
#include "net/log/log.hpp"
#include "net/transport/transport.hpp"
#include "node/config/election.hpp"
#include "node/config/files.hpp"
#include "node/config/messages.hpp"

namespace lockstep::node {

struct Address {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

struct Member {
  NodeId id;
  Address peer;  // where other nodes reach it
  Address api;   // where clients reach it
};

struct Config {
  NodeId id;
  std::string cluster = "lockstep";
  std::vector<Member> members;                     // this node among them; ids ascend
  std::string data;                                // folder
  std::optional<Address> listen_peer, listen_api;  // where to bind; the member's own if absent
  kv::Config kv;
  ElectionConfig election;
  MessagesConfig messages;
  FilesConfig files;
  Duration request_timeout = seconds(5);  // of a client's operation
  std::size_t body_bytes = 1024 * 1024;
  std::size_t connections = 4096;
  std::uint64_t segment_bytes = 64 * 1024 * 1024;
  Duration keep_awake = microseconds(500);  // a processor, after each operation; 0: never
  std::optional<net::TlsFiles> tls;
  bool datagrams = false;
  std::string datagram_key;
  std::string admin_token;    // empty: the admin calls are refused
  bool admin_remote = false;  // admin calls from other machines, too
  bool enable_faults = false;
  net::Level log_level = net::Level::info;
  std::string log_format = "auto";  // json, text; auto: text on a terminal

  [[nodiscard]] const Member& self() const;
};

// Every error, one line each: file:line:col: key: what is wrong and what to do.
struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Where values come from: "lockstepd.json:12:3", "LOCKSTEP_DATA", "--data", "default".
using Origins = std::map<std::string, std::string>;

struct Loaded {
  Config config;
  Origins origins;
};

// `file` may be empty. `flags` holds key and text as typed, in order. Throws ConfigError.
[[nodiscard]] Loaded load_config(const std::string& file,
                                 const std::map<std::string, std::string>& environment,
                                 const std::vector<std::pair<std::string, std::string>>& flags);

// The effective configuration, a line a key with its origin; secrets as "(set)".
[[nodiscard]] std::string print_config(const Loaded& loaded);

}  // namespace lockstep::node
