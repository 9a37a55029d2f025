// The keys of the shared files (docs/files.md).
#include "node/config/keys.hpp"
#include "node/config/parse.hpp"

namespace lockstep::node {
namespace {

using C = Config&;
using V = const Value&;
using E = Errors&;
using S = const Config&;
using flood::SearchConfig, flood::TransferConfig;

void take_mode(C config, V value, E errors) {
  std::string word = "off";
  take(value, parse_choice(value, {"off", "on"}), word, errors);
  config.files.on = word == "on";
}

template <auto Part, auto Field>
void take_count(C config, V value, E errors) {
  auto& field = config.files.machine.*Part.*Field;
  std::uint64_t number = field;
  take(value, parse_whole(value, 1, 65'535), number, errors);
  field = static_cast<std::uint32_t>(number);
}
template <auto Part, auto Field>
std::string shown_count(S config) {
  return std::to_string(config.files.machine.*Part.*Field);
}
template <auto Part, auto Field>
void take_time(C config, V value, E errors) {
  take(value, parse_time(value), config.files.machine.*Part.*Field, errors);
}
template <auto Part, auto Field>
std::string shown_time(S config) {
  return lockstep::to_text(config.files.machine.*Part.*Field);
}

template <auto Field>
Key of_transfers(std::string_view name) {
  constexpr auto part = &flood::Config::transfer;
  return {name, take_count<part, Field>, shown_count<part, Field>};
}

void take_ttl(C config, V value, E errors) {
  std::uint64_t ttl = config.files.machine.search.ttl;
  take(value, parse_whole(value, 1, config.files.machine.search.max_ttl), ttl, errors);
  config.files.machine.search.ttl = static_cast<std::uint8_t>(ttl);
}

}  // namespace

std::vector<Key> files_keys() {
  constexpr auto search = &flood::Config::search;
  constexpr auto transfer = &flood::Config::transfer;
  return {{"files.mode", take_mode, [](S c) { return std::string(c.files.on ? "on" : "off"); }},
          {"files.shared", [](C c, V v, E e) { take(v, parse_text(v), c.files.shared, e); },
           [](S c) { return c.files.shared.empty() ? "none" : one_line(c.files.shared); }},
          {"files.ttl", take_ttl, [](S c) { return std::to_string(c.files.machine.search.ttl); }},
          {"files.answers_within", take_time<search, &SearchConfig::answers_within>,
           shown_time<search, &SearchConfig::answers_within>},
          {"files.settles_after", take_time<search, &SearchConfig::settles_after>,
           shown_time<search, &SearchConfig::settles_after>},
          {"files.max_searches", take_count<search, &SearchConfig::max_open>,
           shown_count<search, &SearchConfig::max_open>},
          of_transfers<&TransferConfig::max_files>("files.max_files"),
          of_transfers<&TransferConfig::max_fetches>("files.max_fetches"),
          of_transfers<&TransferConfig::max_sources>("files.max_sources"),
          of_transfers<&TransferConfig::window>("files.window"),
          {"files.chunk_timeout", take_time<transfer, &TransferConfig::chunk_timeout>,
           shown_time<transfer, &TransferConfig::chunk_timeout>}};
}

}  // namespace lockstep::node
