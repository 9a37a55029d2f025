#include "sim/protocols/raft_clients.hpp"

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"
#include "sim/protocols/raft_format.hpp"

namespace lockstep::sim {
namespace {

void close_finished(HistoryOperation& operation, const kv::Result& result) {
  operation.outcome = HistoryOperation::Outcome::ok;
  if (const auto* found = std::get_if<kv::Found>(&result)) operation.found = found->value;
  operation.swapped = std::holds_alternative<kv::Swapped>(result);
}

}  // namespace

kv::Config server_config(const Scenario& scenario) {
  const RaftSettings settings = raft_settings(scenario);
  kv::Config config;
  config.raft = settings.raft;
  config.reads = settings.read_index ? kv::Reads::read_index : kv::Reads::local;
  config.sessions = settings.sessions;
  return config;
}

kv::ClientConfig client_config(const Workload& load) {
  return {.attempt_timeout = load.attempt_timeout,
          .timeout = load.timeout,
          .backoff_low = load.backoff.low,
          .backoff_high = load.backoff.high,
          .pipeline = load.pipeline};
}

kv::Operation operation_of(const HistoryOperation& wish) {
  if (wish.verb == "put") return kv::Put{wish.key, wish.value};
  if (wish.verb == "get") return kv::Get{wish.key};
  if (wish.verb == "delete") return kv::Delete{wish.key};
  if (wish.verb == "append") return kv::Append{wish.key, wish.value};
  check(wish.verb == "cas", "the scenario reader lets known operations through only");
  return kv::CompareAndSet{wish.key, wish.expected, wish.value};
}

void close_operation(HistoryOperation& operation, const kv::ClientReply& reply) {
  std::visit(
      Overloaded{[&](const kv::Finished& finished) { close_finished(operation, finished.result); },
                 [&](const kv::Unknown& unknown) { operation.reason = name_of(unknown.reason); },
                 [&](const kv::Failed& failed) {
                   operation.outcome = HistoryOperation::Outcome::failed;
                   operation.reason = name_of(failed.reason);
                 }},
      reply);
}

}  // namespace lockstep::sim
