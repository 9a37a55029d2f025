// What Raft with its key-value store needs to be simulated.
#include <algorithm>

#include "core/kv/client.hpp"
#include "core/kv/replica.hpp"
#include "sim/protocols/raft_format.hpp"
#include "sim/protocols/raft_watch.hpp"
#include "sim/protocols/registry.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {
namespace {

std::vector<NodeId> members(std::uint32_t nodes) {
  std::vector<NodeId> ids;
  for (std::uint32_t n = 1; n <= nodes; ++n) ids.push_back(NodeId(n));
  return ids;
}

void close_finished(HistoryOperation& operation, const kv::Result& result) {
  operation.outcome = HistoryOperation::Outcome::ok;
  if (const auto* found = std::get_if<kv::Found>(&result)) operation.found = found->value;
  operation.swapped = std::holds_alternative<kv::Swapped>(result);
}

struct RaftProtocol {
  using Machine = kv::Replica;
  using Client = kv::Client;
  using Config = kv::Config;
  using Watch = RaftWatch;
  static constexpr bool has_clients = true;

  static Config config(const Scenario& scenario) {
    const RaftSettings settings = raft_settings(scenario);
    Config config;
    config.raft = settings.raft;
    config.reads = settings.read_index ? kv::Reads::read_index : kv::Reads::local;
    config.sessions = settings.sessions;
    return config;
  }
  static Machine make(NodeId node, const Scenario& scenario, const Config& config,
                      std::uint64_t seed) {
    return Machine(node, members(scenario.nodes), config, seed);
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
    return std::nullopt;
  }

  static Client make_client(NodeId self, const std::vector<NodeId>& servers,
                            const Scenario& scenario, std::uint64_t seed) {
    const Workload& load = scenario.workload;
    return Client(self, servers,
                  {.attempt_timeout = load.attempt_timeout,
                   .timeout = load.timeout,
                   .backoff_low = load.backoff.low,
                   .backoff_high = load.backoff.high,
                   .pipeline = load.pipeline},
                  seed);
  }
  static kv::Operation operation(const HistoryOperation& wish) {
    if (wish.verb == "put") return kv::Put{wish.key, wish.value};
    if (wish.verb == "get") return kv::Get{wish.key};
    if (wish.verb == "delete") return kv::Delete{wish.key};
    if (wish.verb == "append") return kv::Append{wish.key, wish.value};
    check(wish.verb == "cas", "the scenario reader lets known operations through only");
    return kv::CompareAndSet{wish.key, wish.expected, wish.value};
  }
  static kv::Request as_request(Client::Alphabet::Message&& message) {
    return std::get<kv::Request>(std::move(message));
  }
  static void close(HistoryOperation& operation, const kv::ClientReply& reply) {
    std::visit(
        Overloaded{
            [&](const kv::Finished& finished) { close_finished(operation, finished.result); },
            [&](const kv::Unknown& unknown) { operation.reason = name_of(unknown.reason); },
            [&](const kv::Failed& failed) {
              operation.outcome = HistoryOperation::Outcome::failed;
              operation.reason = name_of(failed.reason);
            }},
        reply);
  }
};

}  // namespace

Outcome run_raft(const Scenario& scenario, Fabric& fabric, const RunOptions& options) {
  return World<RaftProtocol>(scenario, fabric, options).run();
}

}  // namespace lockstep::sim
