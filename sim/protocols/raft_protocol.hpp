// What Raft with its key-value store needs to be simulated.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/kv/client.hpp"
#include "core/kv/replica.hpp"
#include "core/text/to_text.hpp"
#include "sim/protocols/raft_clients.hpp"
#include "sim/protocols/raft_format.hpp"
#include "sim/protocols/raft_watch.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

struct RaftProtocol {
  using Machine = kv::Replica;
  using Client = kv::Client;
  using Config = kv::Config;
  using Watch = RaftWatch;
  static constexpr bool has_clients = true;

  static Config config(const Scenario& scenario) { return server_config(scenario); }
  static Machine make(NodeId node, const Scenario& scenario, const Config& config,
                      std::uint64_t seed) {
    std::vector<NodeId> members;
    for (std::uint32_t n = 1; n <= scenario.nodes; ++n) members.push_back(NodeId(n));
    return Machine(node, std::move(members), config, seed);
  }
  static std::vector<std::vector<raft::Record>> initial_records(const Scenario& scenario) {
    const RaftSetup setup = raft_setup(scenario);
    std::vector<std::vector<raft::Record>> records;
    for (const auto& record : setup.durable) {
      records.emplace_back();
      if (record) records.back().push_back(*record);
    }
    return records;
  }
  static std::string flaw_in(const std::vector<raft::Record>& records) {
    return raft::flaw_in(records);
  }
  // What a real node whose disk is full turns away (node/server/host.cpp): it goes on to vote.
  static bool needs_room(const raft::Message& message) {
    const auto* append = std::get_if<raft::AppendEntries>(&message);
    return append != nullptr && !append->entries.empty();
  }
  static std::optional<kv::Reply> busy(const kv::Request& request) {
    const auto* asked = std::get_if<kv::ClientRequest>(&request);
    const bool writes = asked != nullptr ? !kv::is_read(asked->operation)
                                         : std::holds_alternative<kv::OpenSession>(request);
    if (!writes) return std::nullopt;
    return kv::Busy{asked != nullptr ? asked->serial : kv::Serial{}};
  }
  static RoleView role(const Machine& machine) {
    const raft::Raft& raft = machine.raft();
    return {name_of(raft.role()), raft.term().value(), raft.commit().value()};
  }
  static std::string state_text(const Machine& machine) {
    const raft::Raft& raft = machine.raft();
    return std::string(name_of(raft.role())) + " term=" + to_text(raft.term()) +
           " vote=" + to_text(raft.vote()) + " leader=" + to_text(raft.leader()) +
           " last=" + to_text(raft.log().last_index()) + "/" + to_text(raft.log().last_term()) +
           " commit=" + to_text(raft.commit());
  }
  static std::optional<kv::Request> tell(std::string_view verb) {
    if (verb == "campaign") return kv::Request(kv::Campaign{});
    if (verb == "transfer_leadership") return kv::Request(kv::TransferLeadership{nobody});
    return std::nullopt;
  }

  static Client make_client(NodeId self, const std::vector<NodeId>& servers,
                            const Scenario& scenario, std::uint64_t seed) {
    return Client(self, servers, client_config(scenario.workload), seed);
  }
  static kv::Operation operation(const HistoryOperation& wish) { return operation_of(wish); }
  static kv::Request as_request(Client::Alphabet::Message&& message) {
    return std::get<kv::Request>(std::move(message));
  }
  static void close(HistoryOperation& operation, const kv::ClientReply& reply) {
    close_operation(operation, reply);
  }
};

}  // namespace lockstep::sim
