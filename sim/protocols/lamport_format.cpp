#include "sim/protocols/lamport_format.hpp"

#include <limits>

#include "core/lamport/messages.hpp"
#include "sim/faults/described.hpp"

namespace lockstep::sim {
namespace {

// Between continents; a dead leader is replaced after some eight seconds.
lamport::Config wan() {
  lamport::Config config;
  config.election = {.heartbeat = seconds(1),
                     .heartbeat_timeout = seconds(5),
                     .answer_timeout = seconds(2),
                     .coordinator_timeout = seconds(4)};
  config.sync = milliseconds(300);
  return config;
}

void read_election(Reader& config, bully::Config& election) {
  election.heartbeat = config.positive_duration("heartbeat", election.heartbeat);
  election.heartbeat_timeout =
      config.positive_duration("heartbeat_timeout", election.heartbeat_timeout);
  election.answer_timeout = config.positive_duration("answer_timeout", election.answer_timeout);
  election.coordinator_timeout =
      config.positive_duration("coordinator_timeout", election.coordinator_timeout);
  election.start_with_highest = config.boolean("start_with_highest", election.start_with_highest);
}

void read_limits(Reader& config, lamport::Config& lamport) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  const auto count = [&](const char* key, std::uint32_t fallback, std::uint64_t least) {
    return static_cast<std::uint32_t>(config.integer(key, fallback, least, most));
  };
  lamport.block = count("block", lamport.block, 2);
  lamport.max_waiting = count("max_waiting", lamport.max_waiting, 1);
  lamport.max_entries = count("max_entries", lamport.max_entries, 1);
  lamport.max_in_flight = count("max_in_flight", lamport.max_in_flight, 1);
}

}  // namespace

lamport::Config read_lamport_config(Reader& config, std::uint32_t nodes) {
  lamport::Config lamport;
  if (config.choice("profile", {"lan", "wan"}, 0) == 1) lamport = wan();
  if (config.choice("mode", {"replicated", "multicast"}, 0) == 1) {
    lamport.mode = lamport::Mode::multicast;
  } else {
    read_election(config, lamport.election);
  }
  lamport.sync = config.positive_duration("sync", lamport.sync);
  lamport.patience = config.positive_duration("patience", lamport.patience);
  read_limits(config, lamport);
  if (nodes > lamport::most_members)
    config.fail("a node knows what each other one holds: at most " +
                std::to_string(lamport::most_members) + " nodes");
  if (const auto wrong = refusal(lamport); !wrong.empty()) config.fail(std::string(wrong));
  config.finish();
  return lamport;
}

lamport::Config lamport_settings(const Scenario& scenario) {
  const Document document = Document::from_text(scenario.file, scenario.config);
  Reader config(document);
  return read_lamport_config(config, scenario.nodes);
}

Duration lamport_patience(const lamport::Config& config) {
  const bully::Config& bully = config.election;
  return bully.heartbeat_timeout + bully.answer_timeout * 2 + config.sync * 20 + milliseconds(500);
}

ProtocolFormat lamport_format() {
  return ProtocolFormat{
      .name = "lamport",
      .read_config = [](Reader& config,
                        std::uint32_t nodes) { (void)read_lamport_config(config, nodes); },
      .read_setup = [](Reader& setup, std::uint32_t) { setup.finish(); },
      .has_clients = true,
      .has_records = true,
      .roles = {"coordinator", "follower"},
      .verbs = {"start_election"},
      .messages = message_names<lamport::Message>(),
      .fields = field_paths<lamport::Message>(),
      .operations = {"post"},
      .witnesses = with_those_of_the_world(
          {"coordinator_changed", "two_coordinators", "causality_violation", "logs_merged",
           "gap_asked_for", "delivery_waited", "client_retried"},
          true),
      .rules = {"clock goes back", "clock behind what it heard", "happened-before",
                "stamp used twice", "said before durable", "acknowledged too early",
                "order differs", "message lost", "message twice", "logs differ", "recovery",
                "internal check"}};
}

}  // namespace lockstep::sim
