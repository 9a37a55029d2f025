#include "node/config/election.hpp"

#include "core/base/digest.hpp"

namespace lockstep::node {

advanced_bully::Config machine_config(const ElectionConfig& election, const std::string& cluster) {
  advanced_bully::Config config = election.lan ? advanced_bully::lan() : advanced_bully::Config{};
  Digest name;
  name.bytes(cluster);
  config.cluster = quorum::ClusterId(name.value());
  config.mode = election.mode.value();
  config.f = election.f;
  config.weights = election.weights;
  config.predicts = election.predicts;
  const auto set = [](Duration& field, const std::optional<Duration>& chosen) {
    field = chosen.value_or(field);
  };
  set(config.heartbeat, election.heartbeat);
  set(config.election_timeout, election.timeout);
  set(config.answer_timeout, election.answer_timeout);
  set(config.coordinator_timeout, election.coordinator_timeout);
  set(config.lease.length, election.lease);
  set(config.lease.renew_every, election.lease_renewal);
  set(config.min_office, election.min_office);
  set(config.cool_down, election.cool_down);
  if (election.hysteresis)
    config.hysteresis = static_cast<std::int64_t>(*election.hysteresis) * 1000;
  config.score.weights.id = election.id_weight.value_or(config.score.weights.id);
  return config;
}

}  // namespace lockstep::node
