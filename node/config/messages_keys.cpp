// The keys of the message log (docs/messages.md).
#include "node/config/keys.hpp"
#include "node/config/parse.hpp"

namespace lockstep::node {
namespace {

using C = Config&;
using V = const Value&;
using E = Errors&;
using S = const Config&;

constexpr lamport::Mode log_modes[] = {lamport::Mode::replicated, lamport::Mode::multicast};

void take_log_mode(C config, V value, E errors) {
  std::vector<std::string> words{"off"};
  for (const lamport::Mode mode : log_modes) words.emplace_back(name_of(mode));
  std::string word = "off";
  take(value, parse_choice(value, words), word, errors);
  config.messages.on = word != "off";
  for (const lamport::Mode mode : log_modes) {
    if (word == name_of(mode)) config.messages.machine.mode = mode;
  }
}

std::string shown_log_mode(S config) {
  return config.messages.on ? std::string(name_of(config.messages.machine.mode)) : "off";
}

template <auto Field>
void take_log_time(C config, V value, E errors) {
  take(value, parse_time(value), config.messages.machine.*Field, errors);
}
template <auto Field>
std::string shown_log_time(S config) {
  return lockstep::to_text(config.messages.machine.*Field);
}
template <auto Field>
void take_bully(C config, V value, E errors) {
  take(value, parse_time(value), config.messages.machine.election.*Field, errors);
}
template <auto Field>
std::string shown_bully(S config) {
  return lockstep::to_text(config.messages.machine.election.*Field);
}

template <auto Field>
Key log_time(std::string_view name) {
  return {name, take_log_time<Field>, shown_log_time<Field>};
}
template <auto Field>
Key bully_time(std::string_view name) {
  return {name, take_bully<Field>, shown_bully<Field>};
}

}  // namespace

std::vector<Key> messages_keys() {
  using bully::Config;
  return {{"messages.mode", take_log_mode, shown_log_mode},
          log_time<&lamport::Config::sync>("messages.sync"),
          log_time<&lamport::Config::patience>("messages.patience"),
          bully_time<&Config::heartbeat>("messages.heartbeat"),
          bully_time<&Config::heartbeat_timeout>("messages.heartbeat_timeout"),
          bully_time<&Config::answer_timeout>("messages.answer_timeout"),
          bully_time<&Config::coordinator_timeout>("messages.coordinator_timeout")};
}

}  // namespace lockstep::node
