// What the Lamport log needs to be simulated.
#include "core/lamport/lamport.hpp"

#include "core/base/overloaded.hpp"
#include "core/lamport/client.hpp"
#include "core/lamport/records.hpp"
#include "sim/protocols/lamport_format.hpp"
#include "sim/protocols/lamport_watch.hpp"
#include "sim/protocols/registry.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {
namespace {

struct LamportProtocol {
  using Machine = lamport::Lamport;
  using Client = lamport::Client;
  using Config = lamport::Config;
  using Watch = LamportWatch;
  static constexpr bool has_clients = true;
  static constexpr bool has_registers = false;  // a log is no set of registers

  static Config config(const Scenario& scenario) { return lamport_settings(scenario); }
  static Machine make(NodeId node, const Scenario& scenario, const Config& config,
                      std::uint64_t seed) {
    return Machine(node, scenario.nodes, config, seed);
  }
  static std::vector<std::vector<lamport::Record>> initial_records(const Scenario&) { return {}; }
  static std::string flaw_in(const std::vector<lamport::Record>& records) {
    return lamport::flaw_in(records);
  }
  static bool needs_room(const lamport::Message& message) {
    return std::holds_alternative<lamport::Copies>(message) ||
           std::holds_alternative<lamport::Forward>(message);
  }
  static std::optional<lamport::Reply> busy(const lamport::Request& request) {
    const auto* post = std::get_if<lamport::Post>(&request);
    if (post == nullptr) return std::nullopt;
    return lamport::Busy{{}, post->origin.sequence};
  }
  static RoleView role(const Machine& machine) {
    return {machine.role(), 0, machine.log().order().size()};
  }
  static std::string state_text(const Machine& machine) {
    std::string text = std::string(machine.role()) + " time=" + to_text(machine.time()) +
                       " leader=" + to_text(machine.leader()) +
                       " waiting=" + std::to_string(machine.waiting()) +
                       " shows=" + std::to_string(machine.log().order().size());
    if (!machine.log().order().empty())
      text += " last=" + to_text(machine.log().order().rbegin()->first);
    return text;
  }
  static std::optional<lamport::Request> tell(std::string_view verb) {
    if (verb == "start_election") return lamport::Request(lamport::StartElection{});
    return std::nullopt;
  }

  static Client make_client(NodeId self, const std::vector<NodeId>& servers,
                            const Scenario& scenario, std::uint64_t seed) {
    const Workload& load = scenario.workload;
    return Client(lamport::ClientId(self.value() - client_base), servers,
                  {.attempt_timeout = load.attempt_timeout,
                   .timeout = load.timeout,
                   .pause_low = load.backoff.low,
                   .pause_high = load.backoff.high},
                  seed);
  }
  static lamport::Say operation(const HistoryOperation& wish) { return {wish.value}; }
  static lamport::Request as_request(Client::Alphabet::Message&& message) {
    return std::get<lamport::Request>(std::move(message));
  }
  static void close(HistoryOperation& operation, const lamport::ClientReply& reply) {
    std::visit(Overloaded{[&](const lamport::Said& said) {
                            operation.outcome = HistoryOperation::Outcome::ok;
                            operation.found = to_text(said.stamp);
                          },
                          [&](const lamport::Unknown&) { operation.reason = "timed_out"; },
                          [&](const lamport::Failed&) {
                            operation.outcome = HistoryOperation::Outcome::failed;
                            operation.reason = "too_long";
                          }},
               reply);
  }
};

}  // namespace

Outcome run_lamport(const Scenario& scenario, Fabric& fabric, const RunOptions& options) {
  return World<LamportProtocol>(scenario, fabric, options).run();
}

}  // namespace lockstep::sim
