#include "node/config/keys.hpp"

#include <algorithm>
#include <iterator>

#include "node/config/parse.hpp"

namespace lockstep::node {
namespace {

using V = const Value&;

std::string shown(bool value) { return value ? "true" : "false"; }
std::string shown(const std::string& text) { return text.empty() ? "none" : one_line(text); }
std::string secret(const std::string& text) { return text.empty() ? "none" : "(set)"; }
std::string shown(const std::optional<Address>& listen, const Address& own) {
  return to_text(listen.value_or(own));
}

void take_listen(V value, std::optional<Address>& field, Errors& errors) {
  Address address;
  take(value, parse_address(value), address, errors);
  field = address;
}

void take_size(V value, std::uint64_t low, std::uint64_t high, std::size_t& field, Errors& errors) {
  std::uint64_t number = field;
  take(value, parse_whole(value, low, high), number, errors);
  field = number;
}

// Never says what it found.
void take_secret(V value, std::string_view expected, char lowest, std::string& field,
                 Errors& errors) {
  const bool is_text = value.kind == Value::Kind::text || value.kind == Value::Kind::word;
  const bool good = std::all_of(value.text.begin(), value.text.end(),
                                [&](char c) { return c >= lowest && c < 0x7F; });
  if (is_text && good) {
    field = value.text;
  } else {
    errors.add(value, expected);
  }
}

void take_tls(V value, std::string net::TlsFiles::*member, Config& config, Errors& errors) {
  if (!config.tls) config.tls.emplace();
  take(value, parse_text(value), (*config.tls).*member, errors);
}
std::string shown_tls(const Config& config, std::string net::TlsFiles::*member) {
  return config.tls ? shown((*config.tls).*member) : "none";
}

void take_cluster(Config& config, V value, Errors& errors) {
  take(value, parse_text(value), config.cluster, errors);
  if (config.cluster.size() > 255)
    errors.add(value, "longer than 255 bytes; choose a shorter name");
}

void take_members(Config& config, V value, Errors& errors) {
  if (auto members = parse_members(value, errors)) config.members = std::move(*members);
}

void take_election_timeout(Config& config, V value, Errors& errors) {
  auto& raft = config.kv.raft;
  Range range{raft.election_timeout_low, raft.election_timeout_high};
  take(value, parse_range(value), range, errors);
  raft.election_timeout_low = range.low;
  raft.election_timeout_high = range.high;
}

void take_count(V value, std::uint32_t& field, Errors& errors) {
  std::uint64_t number = field;
  take(value, parse_whole(value, 1, 1'000'000), number, errors);
  field = static_cast<std::uint32_t>(number);
}

void take_bytes(V value, std::uint64_t& field, Errors& errors,
                std::uint64_t most = std::uint64_t{1} << 40) {
  take(value, parse_whole(value, 1, most), field, errors);
}

void take_reads(Config& config, V value, Errors& errors) {
  const kv::Reads safe = kv::Reads::read_index, unsafe = kv::Reads::local;
  std::string word(name_of(config.kv.reads));
  take(value, parse_choice(value, {std::string(name_of(safe)), std::string(name_of(unsafe))}), word,
       errors);
  config.kv.reads = word == name_of(unsafe) ? unsafe : safe;
}

void take_level(Config& config, V value, Errors& errors) {
  using net::Level;
  constexpr Level levels[] = {Level::debug, Level::info, Level::warning, Level::error};
  std::vector<std::string> words;
  for (const Level level : levels) words.emplace_back(name_of(level));
  std::string word(name_of(config.log_level));
  take(value, parse_choice(value, words), word, errors);
  for (const Level level : levels) {
    if (word == name_of(level)) config.log_level = level;
  }
}

const Member* own(const Config& config) {
  for (const Member& member : config.members) {
    if (member.id == config.id) return &member;
  }
  return nullptr;
}

using C = Config&;
using E = Errors&;
using S = const Config&;

const Key table[] = {
    {"id", [](C c, V v, E e) { take(v, parse_id(v), c.id, e); },
     [](S c) { return std::to_string(c.id.value()); }},
    {"cluster", take_cluster, [](S c) { return shown(c.cluster); }},
    {"members", take_members, [](S c) { return to_text(c.members); }},
    {"data", [](C c, V v, E e) { take(v, parse_text(v), c.data, e); },
     [](S c) { return shown(c.data); }},
    {"listen.peer", [](C c, V v, E e) { take_listen(v, c.listen_peer, e); },
     [](S c) { return shown(c.listen_peer, own(c) != nullptr ? own(c)->peer : Address{}); }},
    {"listen.api", [](C c, V v, E e) { take_listen(v, c.listen_api, e); },
     [](S c) { return shown(c.listen_api, own(c) != nullptr ? own(c)->api : Address{}); }},
    {"raft.election_timeout", take_election_timeout,
     [](S c) {
       return to_text(Range{c.kv.raft.election_timeout_low, c.kv.raft.election_timeout_high});
     }},
    {"raft.heartbeat", [](C c, V v, E e) { take(v, parse_time(v), c.kv.raft.heartbeat, e); },
     [](S c) { return lockstep::to_text(c.kv.raft.heartbeat); }},
    {"raft.pre_vote", [](C c, V v, E e) { take(v, parse_bool(v), c.kv.raft.pre_vote, e); },
     [](S c) { return shown(c.kv.raft.pre_vote); }, true},
    {"raft.check_quorum", [](C c, V v, E e) { take(v, parse_bool(v), c.kv.raft.check_quorum, e); },
     [](S c) { return shown(c.kv.raft.check_quorum); }, true},
    {"raft.check_disk", [](C c, V v, E e) { take(v, parse_bool(v), c.kv.raft.check_disk, e); },
     [](S c) { return shown(c.kv.raft.check_disk); }, true},
    {"raft.sticky", [](C c, V v, E e) { take(v, parse_bool(v), c.kv.raft.sticky, e); },
     [](S c) { return shown(c.kv.raft.sticky); }, true},
    {"raft.reads", take_reads, [](S c) { return std::string(name_of(c.kv.reads)); }},
    {"raft.sessions", [](C c, V v, E e) { take(v, parse_bool(v), c.kv.sessions, e); },
     [](S c) { return shown(c.kv.sessions); }, true},
    {"raft.max_entries_per_message",
     [](C c, V v, E e) { take_count(v, c.kv.raft.max_entries_per_message, e); },
     [](S c) { return std::to_string(c.kv.raft.max_entries_per_message); }},
    {"raft.max_bytes_per_message",
     // One message between members ends at 32 MiB.
     [](C c, V v, E e) { take_bytes(v, c.kv.raft.max_bytes_per_message, e, 16 * 1024 * 1024); },
     [](S c) { return std::to_string(c.kv.raft.max_bytes_per_message); }},
    {"raft.max_entries_in_flight",
     [](C c, V v, E e) { take_count(v, c.kv.raft.max_entries_in_flight, e); },
     [](S c) { return std::to_string(c.kv.raft.max_entries_in_flight); }},
    {"raft.max_bytes_in_flight",
     [](C c, V v, E e) { take_bytes(v, c.kv.raft.max_bytes_in_flight, e); },
     [](S c) { return std::to_string(c.kv.raft.max_bytes_in_flight); }},
    {"raft.max_uncommitted_bytes",
     [](C c, V v, E e) { take_bytes(v, c.kv.raft.max_uncommitted_bytes, e); },
     [](S c) { return std::to_string(c.kv.raft.max_uncommitted_bytes); }},
    {"request_timeout", [](C c, V v, E e) { take(v, parse_time(v), c.request_timeout, e); },
     [](S c) { return lockstep::to_text(c.request_timeout); }},
    {"keep_awake", [](C c, V v, E e) { take(v, parse_moment(v), c.keep_awake, e); },
     [](S c) { return lockstep::to_text(c.keep_awake); }},
    // One value travels in one message between members, and those end at 32 MiB.
    {"limits.body_bytes", [](C c, V v, E e) { take_size(v, 1, 16 * 1024 * 1024, c.body_bytes, e); },
     [](S c) { return std::to_string(c.body_bytes); }},
    {"limits.connections", [](C c, V v, E e) { take_size(v, 1, 1'000'000, c.connections, e); },
     [](S c) { return std::to_string(c.connections); }},
    {"wal.segment_bytes",
     [](C c, V v, E e) { take(v, parse_whole(v, 1 << 20, 1 << 30), c.segment_bytes, e); },
     [](S c) { return std::to_string(c.segment_bytes); }},
    {"tls.certificate", [](C c, V v, E e) { take_tls(v, &net::TlsFiles::certificate, c, e); },
     [](S c) { return shown_tls(c, &net::TlsFiles::certificate); }},
    {"tls.key", [](C c, V v, E e) { take_tls(v, &net::TlsFiles::key, c, e); },
     [](S c) { return shown_tls(c, &net::TlsFiles::key); }},
    {"tls.authority", [](C c, V v, E e) { take_tls(v, &net::TlsFiles::authority, c, e); },
     [](S c) { return shown_tls(c, &net::TlsFiles::authority); }},
    {"datagrams", [](C c, V v, E e) { take(v, parse_bool(v), c.datagrams, e); },
     [](S c) { return shown(c.datagrams); }, true},
    {"datagram_key",
     [](C c, V v, E e) {
       take_secret(v, "expected a text of printable characters, without accents", ' ',
                   c.datagram_key, e);
     },
     [](S c) { return secret(c.datagram_key); }},
    // A client sends it in a header.
    {"admin.token",
     [](C c, V v, E e) {
       take_secret(v, "expected a text of printable characters, without spaces and accents", '!',
                   c.admin_token, e);
     },
     [](S c) { return secret(c.admin_token); }},
    {"admin.remote", [](C c, V v, E e) { take(v, parse_bool(v), c.admin_remote, e); },
     [](S c) { return shown(c.admin_remote); }, true},
    {"enable_faults", [](C c, V v, E e) { take(v, parse_bool(v), c.enable_faults, e); },
     [](S c) { return shown(c.enable_faults); }, true},
    {"log.level", take_level, [](S c) { return std::string(name_of(c.log_level)); }},
    {"log.format",
     [](C c, V v, E e) {
       take(v, parse_choice(v, {"auto", "json", "text"}), c.log_format, e);
     },
     [](S c) { return c.log_format; }},
};

}  // namespace

const std::vector<Key>& keys() {
  static const std::vector<Key> all = [] {
    std::vector<Key> these(std::begin(table), std::end(table));
    for (const Key& key : election_keys()) these.push_back(key);
    for (const Key& key : messages_keys()) these.push_back(key);
    for (const Key& key : files_keys()) these.push_back(key);
    return these;
  }();
  return all;
}

const Key* find_key(std::string_view name) {
  const auto& all = keys();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Key& key) { return key.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const Key& key : keys()) names.emplace_back(key.name);
  return names;
}

std::string variable_of(std::string_view key) {
  std::string name = "LOCKSTEP_";
  for (const char c : key) {
    const bool lower = c >= 'a' && c <= 'z';
    name += c == '.' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

}  // namespace lockstep::node
