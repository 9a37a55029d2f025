#include "sim/protocols/advanced_bully_format.hpp"

#include <string>

#include "core/advanced_bully/messages.hpp"
#include "sim/faults/described.hpp"

namespace lockstep::sim {
namespace {

using advanced_bully::Config;

quorum::Mode read_mode(Reader& config, quorum::Mode usual) {
  const std::size_t choice = config.choice("quorum", {"none", "majority", "byzantine", "degraded"},
                                           static_cast<std::size_t>(usual));
  constexpr quorum::Mode modes[] = {quorum::Mode::none, quorum::Mode::majority,
                                    quorum::Mode::byzantine, quorum::Mode::degraded};
  return modes[choice];
}

// Tenths: 1 .. 20 for a weight of 0.1 to 2.0.
std::vector<quorum::Weight> read_weights(Reader& config) {
  std::vector<quorum::Weight> weights;
  if (const auto list = config.take("weights")) {
    for (const Value& item : list->items())
      weights.push_back(quorum::Weight(static_cast<std::uint8_t>(item.integer(1, 20))));
  }
  return weights;
}

Config read(Reader& reader, std::uint32_t nodes) {
  const bool lan = reader.choice("profile", {"wan", "lan"}, 0) == 1;
  Config config = lan ? advanced_bully::lan() : Config{};
  config.mode = read_mode(reader, config.mode);
  config.f = static_cast<std::uint32_t>(reader.integer("f", (nodes - 1) / 3, 0, nodes));
  config.weights = read_weights(reader);
  config.adapts_weights = reader.boolean("adapts_weights", config.adapts_weights);
  config.heartbeat = reader.positive_duration("heartbeat", config.heartbeat);
  config.election_timeout = reader.positive_duration("election_timeout", config.election_timeout);
  config.answer_timeout = reader.positive_duration("answer_timeout", config.answer_timeout);
  config.coordinator_timeout =
      reader.positive_duration("coordinator_timeout", config.coordinator_timeout);
  config.lease.length = reader.positive_duration("lease", config.lease.length);
  config.lease.renew_every = reader.positive_duration("renew_every", config.lease.renew_every);
  config.lease.drift = reader.ratio("drift", config.lease.drift);
  config.hysteresis =
      1000 * static_cast<std::int64_t>(reader.integer("hysteresis", 100, 0, 1'000'000));
  config.min_office = reader.duration("min_office", config.min_office);
  config.cool_down = reader.duration("cool_down", config.cool_down);
  config.predicts = reader.boolean("predicts", config.predicts);
  config.score.weights.id = static_cast<std::uint32_t>(
      reader.integer("id_weight", config.score.weights.id, 0, bully::largest_score_weight));
  reader.finish();
  if (const std::string why = refusal(config, nodes); !why.empty()) reader.fail(why);
  return config;
}

}  // namespace

Config advanced_bully_settings(const Scenario& scenario) {
  const Document document = Document::from_text(scenario.file, scenario.config);
  Reader config(document);
  return read(config, scenario.nodes);
}

quorum::Table promised_table(const Scenario& scenario) {
  const Document document = Document::from_text(scenario.file, scenario.config);
  Reader reader(document);
  Config config = advanced_bully_settings(scenario);
  if (!reader.take("quorum")) config.mode = quorum::Mode::byzantine;
  return base_table(config, scenario.nodes);
}

ProtocolFormat advanced_bully_format() {
  return ProtocolFormat{
      .name = "advanced_bully",
      .read_config = [](Reader& config, std::uint32_t nodes) { (void)read(config, nodes); },
      .read_setup = [](Reader& setup, std::uint32_t) { setup.finish(); },
      .has_clients = false,
      .has_records = true,
      .measures = true,
      .roles = {"coordinator", "follower"},
      .verbs = {"start_election", "hand_over", "act"},
      .messages = message_names<advanced_bully::Message>(),
      .fields = field_paths<advanced_bully::Message>(),
      .operations = {},
      .witnesses =
          with_those_of_the_world({"coordinator_changed", "two_coordinators", "quorum_failed",
                                   "handed_over", "failure_predicted", "offender_found",
                                   "offender_struck", "action_taken", "token_refused"},
                                  true),
      .rules = {"one leader an epoch",
                "vote changed",
                "epoch goes back",
                "older token accepted",
                "trail broken",
                "one coordinator",
                "acts without quorum",
                "everyone knows",
                "leader without certificate",
                "acts without lease",
                "said before durable",
                "token without office",
                "token issued again",
                "struck without proof",
                "honest node struck",
                "vote for unsupported score",
                "suspects too early",
                "successor unheard",
                "recovery",
                "internal check"}};
}

}  // namespace lockstep::sim
