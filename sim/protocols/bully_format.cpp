#include "sim/protocols/bully_format.hpp"

#include "core/bully/messages.hpp"
#include "sim/faults/described.hpp"

namespace lockstep::sim {

bully::Config read_bully_config(Reader& config) {
  bully::Config bully;
  bully.heartbeat = config.positive_duration("heartbeat", bully.heartbeat);
  bully.heartbeat_timeout = config.positive_duration("heartbeat_timeout", bully.heartbeat_timeout);
  bully.answer_timeout = config.positive_duration("answer_timeout", bully.answer_timeout);
  bully.coordinator_timeout =
      config.positive_duration("coordinator_timeout", bully.coordinator_timeout);
  bully.start_with_highest = config.boolean("start_with_highest", bully.start_with_highest);
  if (bully.heartbeat >= bully.heartbeat_timeout) {
    config.fail(config.has("heartbeat_timeout") ? "heartbeat_timeout" : "heartbeat",
                "the heartbeat, " + to_text(bully.heartbeat) +
                    ", must be below the heartbeat_timeout, " + to_text(bully.heartbeat_timeout) +
                    "; the coordinator counts as dead between two of them");
  }
  if (bully.answer_timeout >= bully.coordinator_timeout) {
    config.fail(config.has("coordinator_timeout") ? "coordinator_timeout" : "answer_timeout",
                "the answer_timeout, " + to_text(bully.answer_timeout) +
                    ", must be below the coordinator_timeout, " +
                    to_text(bully.coordinator_timeout) + "; make it shorter");
  }
  config.finish();
  return bully;
}

bully::Config bully_settings(const Scenario& scenario) {
  const Document document = Document::from_text(scenario.file, scenario.config);
  Reader config(document);
  return read_bully_config(config);
}

ProtocolFormat bully_format() {
  return ProtocolFormat{
      .name = "bully",
      .read_config = [](Reader& config, std::uint32_t) { (void)read_bully_config(config); },
      .read_setup = [](Reader& setup, std::uint32_t) { setup.finish(); },
      .has_clients = false,
      .has_records = false,
      .roles = {"coordinator", "follower"},
      .verbs = {"start_election"},
      .messages = message_names<bully::Message>(),
      .fields = field_paths<bully::Message>(),
      .operations = {},
      .witnesses = with_those_of_the_world(
          {"coordinator_changed", "two_coordinators", "election_restarted"}, false),
      .rules = {"one coordinator", "highest coordinator", "everyone knows", "recovery",
                "internal check"}};
}

}  // namespace lockstep::sim
