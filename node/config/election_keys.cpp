// The keys of the election (docs/election.md).
#include <fmt/format.h>

#include "node/config/keys.hpp"
#include "node/config/parse.hpp"

namespace lockstep::node {
namespace {

using C = Config&;
using V = const Value&;
using E = Errors&;
using S = const Config&;

constexpr quorum::Mode modes[] = {quorum::Mode::none, quorum::Mode::majority,
                                  quorum::Mode::byzantine, quorum::Mode::degraded};

void take_quorum(C config, V value, E errors) {
  std::vector<std::string> words{"off"};
  for (const quorum::Mode mode : modes) words.emplace_back(name_of(mode));
  std::string word = "off";
  take(value, parse_choice(value, words), word, errors);
  config.election.mode.reset();
  for (const quorum::Mode mode : modes) {
    if (word == name_of(mode)) config.election.mode = mode;
  }
}

void take_profile(C config, V value, E errors) {
  std::string word = "wan";
  take(value, parse_choice(value, {"wan", "lan"}), word, errors);
  config.election.lan = word == "lan";
}

void take_f(C config, V value, E errors) {
  std::uint64_t f = config.election.f;
  take(value, parse_whole(value, 0, 333), f, errors);
  config.election.f = static_cast<std::uint32_t>(f);
}

std::string shown(const std::vector<quorum::Weight>& weights) {
  std::string text;
  for (const quorum::Weight weight : weights) {
    text +=
        fmt::format("{}{}.{}", text.empty() ? "" : ", ", weight.value() / 10, weight.value() % 10);
  }
  return text.empty() ? "none" : text;
}

template <auto Field>
void take_time(C config, V value, E errors) {
  Duration time;
  take(value, parse_time(value), time, errors);
  config.election.*Field = time;
}

std::string shown(Duration time) { return lockstep::to_text(time); }

// Of a node that runs none as well: what it would be.
advanced_bully::Config machine(S config) {
  ElectionConfig election = config.election;
  if (!election.mode) election.mode = quorum::Mode::none;
  return machine_config(election, config.cluster);
}

void take_hysteresis(C config, V value, E errors) {
  std::uint64_t points = 0;
  take(value, parse_whole(value, 0, 1'000'000), points, errors);
  config.election.hysteresis = points;
}

void take_id_weight(C config, V value, E errors) {
  std::uint64_t points = 0;
  take(value, parse_whole(value, 0, bully::largest_score_weight), points, errors);
  config.election.id_weight = static_cast<std::uint32_t>(points);
}

}  // namespace

std::vector<Key> election_keys() {
  using X = ElectionConfig;
  return {
      {"election.quorum", take_quorum,
       [](S c) { return c.election.mode ? std::string(name_of(*c.election.mode)) : "off"; }},
      {"election.profile", take_profile,
       [](S c) { return std::string(c.election.lan ? "lan" : "wan"); }},
      {"election.f", take_f, [](S c) { return std::to_string(c.election.f); }},
      {"election.weights", [](C c, V v, E e) { take(v, parse_weights(v), c.election.weights, e); },
       [](S c) { return shown(c.election.weights); }},
      {"election.keys", [](C c, V v, E e) { take(v, parse_text(v), c.election.keys, e); },
       [](S c) { return c.election.keys.empty() ? "none" : one_line(c.election.keys); }},
      {"election.secret", [](C c, V v, E e) { take(v, parse_text(v), c.election.secret, e); },
       [](S c) { return c.election.secret.empty() ? "none" : one_line(c.election.secret); }},
      {"election.predicts", [](C c, V v, E e) { take(v, parse_bool(v), c.election.predicts, e); },
       [](S c) { return std::string(c.election.predicts ? "true" : "false"); }, true},
      {"election.heartbeat", take_time<&X::heartbeat>,
       [](S c) { return shown(machine(c).heartbeat); }},
      {"election.timeout", take_time<&X::timeout>,
       [](S c) { return shown(machine(c).election_timeout); }},
      {"election.answer_timeout", take_time<&X::answer_timeout>,
       [](S c) { return shown(machine(c).answer_timeout); }},
      {"election.coordinator_timeout", take_time<&X::coordinator_timeout>,
       [](S c) { return shown(machine(c).coordinator_timeout); }},
      {"election.lease", take_time<&X::lease>, [](S c) { return shown(machine(c).lease.length); }},
      {"election.lease_renewal", take_time<&X::lease_renewal>,
       [](S c) { return shown(machine(c).lease.renew_every); }},
      {"election.min_office", take_time<&X::min_office>,
       [](S c) { return shown(machine(c).min_office); }},
      {"election.cool_down", take_time<&X::cool_down>,
       [](S c) { return shown(machine(c).cool_down); }},
      {"election.hysteresis", take_hysteresis,
       [](S c) { return std::to_string(machine(c).hysteresis / 1000); }},
      {"election.id_weight", take_id_weight,
       [](S c) { return std::to_string(machine(c).score.weights.id); }},
  };
}

}  // namespace lockstep::node
