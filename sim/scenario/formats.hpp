// What the scenario reader knows of a protocol: which config and setup it takes, and the words that
// may stand in its faults, workload and claims.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/reader.hpp"

namespace lockstep::sim {

struct ProtocolFormat {
  std::string name;
  // Read the object, refuse what is wrong in it and call finish(). What they read is read again,
  // for use, by the protocol itself.
  void (*read_config)(Reader& config, std::uint32_t nodes) = nullptr;
  void (*read_setup)(Reader& setup, std::uint32_t nodes) = nullptr;
  bool has_clients = false;
  bool has_records = false;             // something of it is durable
  bool measures = false;                // vitals make a difference to it
  bool is_drawn = true;                 // the fuzzer draws scenarios of it
  std::vector<std::string> roles;       // targets: "leader"
  std::vector<std::string> verbs;       // fault actions: "campaign"
  std::vector<std::string> messages;    // what nodes say to one another: "vote_request"
  std::vector<std::string> fields;      // of these, by path: "entries.term"
  std::vector<std::string> operations;  // workload mix and script: "put"
  std::vector<std::string> witnesses;   // expect.sometimes
  std::vector<std::string> rules;       // expect.violates
};

// The witnesses of a protocol, with those of the world that a protocol of its kind can meet.
[[nodiscard]] std::vector<std::string> with_those_of_the_world(std::vector<std::string> own,
                                                               bool has_records);

// Every protocol that can be simulated.
[[nodiscard]] const std::vector<ProtocolFormat>& protocol_formats();

}  // namespace lockstep::sim
