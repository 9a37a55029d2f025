// What Raft and the flooding search need to be simulated side by side: what each needs alone.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.hpp"
#include "sim/protocols/flood_protocol.hpp"
#include "sim/protocols/raft_and_flood_format.hpp"
#include "sim/protocols/raft_and_flood_watch.hpp"
#include "sim/protocols/raft_protocol.hpp"
#include "sim/protocols/registry.hpp"

namespace lockstep::sim {
namespace {

using Alphabet = RaftAndFlood::Alphabet;

// The bytes of the flooding search's chunks, in a log that Raft writes to as well.
class SharedLogStores {
 public:
  void started(std::uint32_t node, const std::vector<Alphabet::Record>& records) {
    shares_[node] = {};
    chunks_.started(node, FloodSide::records(records));
  }
  void persists(std::uint32_t node, const std::vector<Alphabet::Record>& records) {
    for (const auto& record : records) shares_[node].wrote(record.index(), 1);
    chunks_.persists(node, FloodSide::records(records));
  }
  void durable(std::uint32_t node, RecordSeq upto) {
    if (const auto told = shares_[node].persisted(upto)[1]) chunks_.durable(node, *told);
  }
  void fill(std::uint32_t node, Alphabet::Message& message) const {
    if (auto* of_flood = std::get_if<1>(&message)) chunks_.fill(node, *of_flood);
  }

 private:
  std::map<std::uint32_t, RecordShares> shares_;
  FloodStores chunks_;
};

struct RaftAndFloodProtocol {
  using Machine = RaftAndFlood;
  using Client = RaftProtocol::Client;
  using Config = RaftAndFloodPlan;
  using Watch = RaftAndFloodWatch;
  using Stores = SharedLogStores;
  static constexpr bool has_clients = true;

  static Config config(const Scenario& scenario) {
    Config plan{RaftProtocol::config(side_of(scenario, "raft")),
                FloodProtocol::config(side_of(scenario, "flood")),
                {}};
    for (const FloodOrder& order : plan.flood.setup.orders)
      plan.orders.push_back({order.at, order.node, of_flood(order.request)});
    return plan;
  }
  static Machine make(NodeId node, const Scenario& scenario, const Config& plan,
                      std::uint64_t seed) {
    return Machine(RaftProtocol::make(node, scenario, plan.raft, seed),
                   FloodProtocol::make(node, scenario, plan.flood, mix_seed(seed, 1)));
  }
  static std::vector<std::vector<Alphabet::Record>> initial_records(const Scenario& scenario) {
    std::vector<std::vector<Alphabet::Record>> found(scenario.nodes);
    const auto add = [&]<class Side>(Side, auto records) {
      for (std::size_t n = 0; n < records.size(); ++n) {
        auto more = Side::of_pair(std::move(records[n]));
        found[n].insert(found[n].end(), more.begin(), more.end());
      }
    };
    add(RaftSide{}, RaftProtocol::initial_records(side_of(scenario, "raft")));
    add(FloodSide{}, FloodProtocol::initial_records(side_of(scenario, "flood")));
    return found;
  }
  static std::string flaw_in(const std::vector<Alphabet::Record>& records) {
    const std::string flaw = RaftProtocol::flaw_in(RaftSide::records(records));
    return flaw.empty() ? FloodProtocol::flaw_in(FloodSide::records(records)) : flaw;
  }
  static const std::vector<RaftAndFloodOrder>& orders(const Config& plan) { return plan.orders; }
  static bool needs_room(const Alphabet::Message& message) {
    return message.index() == 0 && RaftProtocol::needs_room(std::get<0>(message));
  }
  static std::optional<Alphabet::Reply> busy(const Alphabet::Request& request) {
    if (request.index() != 0) return std::nullopt;
    auto reply = RaftProtocol::busy(std::get<0>(request));
    if (!reply) return std::nullopt;
    return Alphabet::Reply(std::in_place_index<0>, std::move(*reply));
  }
  static RoleView role(const Machine& machine) { return RaftProtocol::role(machine.first()); }
  static std::string state_text(const Machine& machine) {
    return RaftProtocol::state_text(machine.first()) + " | " +
           FloodProtocol::state_text(machine.second());
  }
  static std::optional<Alphabet::Request> tell(std::string_view verb) {
    if (auto asked = RaftProtocol::tell(verb)) return of_raft(std::move(*asked));
    if (auto asked = FloodProtocol::tell(verb)) return of_flood(std::move(*asked));
    return std::nullopt;
  }

  // Clients are Raft's.
  static Client make_client(NodeId self, const std::vector<NodeId>& servers,
                            const Scenario& scenario, std::uint64_t seed) {
    return RaftProtocol::make_client(self, servers, scenario, seed);
  }
  static kv::Operation operation(const HistoryOperation& wish) {
    return RaftProtocol::operation(wish);
  }
  static Alphabet::Request as_request(Client::Alphabet::Message&& message) {
    return of_raft(RaftProtocol::as_request(std::move(message)));
  }
  static Client::Alphabet::Message for_client(Alphabet::Reply&& reply) {
    return std::get<0>(std::move(reply));
  }
  static void close(HistoryOperation& operation, const kv::ClientReply& reply) {
    RaftProtocol::close(operation, reply);
  }

 private:
  static Alphabet::Request of_raft(kv::Request request) {
    return Alphabet::Request(std::in_place_index<0>, std::move(request));
  }
  static Alphabet::Request of_flood(flood::Request request) {
    return Alphabet::Request(std::in_place_index<1>, std::move(request));
  }
};

}  // namespace

Outcome run_raft_and_flood(const Scenario& scenario, Fabric& fabric, const RunOptions& options) {
  return World<RaftAndFloodProtocol>(scenario, fabric, options).run();
}

}  // namespace lockstep::sim
