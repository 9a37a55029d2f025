#include "core/advanced_bully/config.hpp"

namespace lockstep::advanced_bully {

Config lan() {
  Config config;
  for (Duration* d : {&config.heartbeat, &config.election_timeout, &config.answer_timeout,
                      &config.coordinator_timeout, &config.lease.length, &config.lease.renew_every,
                      &config.min_office, &config.cool_down})
    *d = *d / 10;
  return config;
}

quorum::Table base_table(const Config& config, std::uint32_t count) {
  quorum::Table table;
  table.mode = config.mode;
  table.f = config.mode == quorum::Mode::byzantine ? config.f : 0;
  for (std::uint32_t n = 1; n <= count; ++n) {
    const quorum::Weight weight = config.weights.empty() ? quorum::plain : config.weights[n - 1];
    table.members.push_back({NodeId(n), weight});
  }
  return table;
}

std::string refusal(const Config& config, std::uint32_t count) {
  if (config.heartbeat <= Duration(0)) return "heartbeat must be above 0; try \"5 s\"";
  if (config.election_timeout < config.heartbeat * 3)
    return "election_timeout must be at least three heartbeats, or one that is late deposes";
  if (config.answer_timeout <= Duration(0))
    return "answer_timeout must be above 0; make it longer than the longest round trip";
  if (config.coordinator_timeout <= config.answer_timeout)
    return "coordinator_timeout must be above answer_timeout, which the winner still waits out";
  if (config.hysteresis < 0 || config.min_office < Duration(0) || config.cool_down < Duration(0))
    return "hysteresis, min_office and cool_down must not be below 0";
  if (!config.weights.empty() && config.weights.size() != count)
    return "weights must name one for each node, or none; there are " + std::to_string(count) +
           " nodes";
  for (const std::string_view part : {fencing::refusal(config.lease), quorum::refusal(config.votes),
                                      refusal(config.score), predict::refusal(config.predict)}) {
    if (!part.empty()) return std::string(part);
  }
  if (config.lease.renew_every < config.heartbeat)
    return "lease renew_every must be at least a heartbeat, which carries it";
  return refusal(base_table(config, count));
}

}  // namespace lockstep::advanced_bully
