#include "node/config/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "core/base/check.hpp"
#include "node/config/json_file.hpp"
#include "node/config/keys.hpp"
#include "node/config/parse.hpp"

namespace lockstep::node {
namespace {

// What lockstepctl and ./lockstep read; their children inherit it.
bool belongs_to_others(const std::string& name) {
  return name == "LOCKSTEP_SERVERS" || name == "LOCKSTEP_SYSTEM_PATH";
}

// Takes values from each source in turn, then looks at them together.
class Loader {
 public:
  explicit Loader(std::string file) : file_(std::move(file)) {
    for (const Key& key : keys()) loaded_.origins[std::string(key.name)] = "default";
  }

  void read_file() {
    if (file_.empty()) return;
    if (const auto root = read_json_file(file_, errors_)) {
      walk(*root);
    } else {
      unreadable_ = true;
    }
  }

  void read_variable(const std::string& name, const std::string& text) {
    if (name.rfind("LOCKSTEP_", 0) != 0 || belongs_to_others(name)) return;
    std::vector<std::string> known;
    for (const Key& key : keys()) {
      known.push_back(variable_of(key.name));
      if (known.back() == name) return take_word(key, name, text);
    }
    errors_.add(name, "", "unknown variable; " + suggestion(name, known));
  }

  void read_flag(const std::string& typed, const std::string& text) {
    std::string name = typed.substr(std::min(typed.find_first_not_of('-'), typed.size()));
    std::replace(name.begin(), name.end(), '-', '_');
    const Key* key = find_key(name);
    if (key == nullptr) {
      errors_.add("--" + name, "", "unknown flag; " + suggestion(name, key_names()));
    } else {
      take_word(*key, "--" + name, key->is_switch && text.empty() ? "true" : text);
    }
  }

  Loaded finish() {
    // What is missing may stand in the part of the file that could not be read.
    if (!unreadable_) look_at_all();
    if (errors_.count() > 0) throw ConfigError(errors_.text());
    return std::move(loaded_);
  }

 private:
  void take(const Key& key, const Value& value) {
    const std::size_t before = errors_.count();
    key.set(loaded_.config, value, errors_);
    if (errors_.count() > before) refused_.emplace(key.name);
    loaded_.origins[std::string(key.name)] = value.place;
  }

  void take_word(const Key& key, const std::string& place, const std::string& text) {
    take(key, Value{Value::Kind::word, text, std::string(key.name), place, "", {}});
  }

  void walk(const Value& object) {
    for (const Value& value : object.children) {
      const std::string group = value.path + ".";
      const bool is_group = std::any_of(keys().begin(), keys().end(), [&](const Key& key) {
        return key.name.substr(0, group.size()) == group;
      });
      // A name with a dot inside makes the path of another key.
      const Key* key = value.name.find('.') == std::string::npos ? find_key(value.path) : nullptr;
      if (key != nullptr) {
        take(*key, value);
      } else if (!is_group) {
        errors_.add(value, "unknown key; " + hint(object, value));
      } else if (value.kind != Value::Kind::object) {
        errors_.add(value, "expected an object { … } of its keys");
      } else {
        walk(value);
      }
    }
  }

  static std::string hint(const Value& object, const Value& unknown) {
    const std::string prefix = object.path.empty() ? "" : object.path + ".";
    std::vector<std::string> beside;
    for (const Key& key : keys()) {
      const std::string_view name = key.name;
      const std::size_t dot = name.rfind('.');
      if (name == unknown.path ||
          (dot != std::string_view::npos && name.substr(dot + 1) == unknown.name))
        return fmt::format("write it as \"{}\": {{ \"{}\": … }} at the top level",
                           name.substr(0, dot), name.substr(dot + 1));
      if (name.substr(0, prefix.size()) != prefix) continue;
      const std::string_view rest = name.substr(prefix.size());
      const std::string next(rest.substr(0, rest.find('.')));
      if (beside.empty() || beside.back() != next) beside.push_back(next);
    }
    return suggestion(unknown.name, beside);
  }

  // Given, and not refused.
  [[nodiscard]] bool good(const std::string& key) const {
    return loaded_.origins.at(key) != "default" && !refused_.contains(key);
  }

  void fail(const std::string& key, const std::string& message) {
    const std::string& origin = loaded_.origins.at(key);
    errors_.add(origin == "default" ? file_ : origin, key, message);
  }

  void look_at_all() {
    for (const std::string key : {"id", "members", "data"}) {
      if (loaded_.origins.at(key) == "default") {
        fail(key, fmt::format("is not set; write it into the file, or set {} or --{}",
                              variable_of(key), key));
      }
    }
    const bool has_members = good("id") && good("members");
    if (has_members) look_at_members();
    if (refused_.empty()) {
      look_at_raft();
      look_at_security();
      if (has_members && loaded_.config.election.mode) look_at_election();
      if (has_members && loaded_.config.messages.on) look_at_messages();
      if (has_members && loaded_.config.files.on) look_at_files();
    }
  }

  void look_at_members() {
    const Config& config = loaded_.config;
    std::vector<std::uint32_t> ids;
    for (const Member& member : config.members) ids.push_back(member.id.value());
    if (std::find(ids.begin(), ids.end(), config.id.value()) == ids.end()) {
      return fail("id", fmt::format("{} is not one of the members {}; add it there, or choose one",
                                    config.id.value(), fmt::join(ids, ", ")));
    }
    const Address peer = config.listen_peer.value_or(config.self().peer);
    if (peer == config.listen_api.value_or(config.self().api))
      fail(good("listen.api") ? "listen.api" : "listen.peer",
           fmt::format("peers and clients cannot both use {}; choose another port", to_text(peer)));
  }

  void look_at_raft() {
    const auto& raft = loaded_.config.kv.raft;
    const std::string flaw = raft::flaw_in(raft);
    if (flaw.empty()) return;
    fail(good("raft.heartbeat") ? "raft.heartbeat" : "raft.election_timeout",
         fmt::format("{}, but they are {} and {}; change one", flaw,
                     lockstep::to_text(raft.heartbeat),
                     to_text(Range{raft.election_timeout_low, raft.election_timeout_high})));
  }

  void look_at_election() {
    const Config& config = loaded_.config;
    const auto count = static_cast<std::uint32_t>(config.members.size());
    if (config.members.back().id != NodeId(count))
      return fail("members", "with an election the ids are 1, 2, … without a gap; change them");
    const std::string flaw =
        advanced_bully::refusal(machine_config(config.election, config.cluster), count);
    if (!flaw.empty()) fail("election.quorum", flaw);
    for (const auto& [key, path] : {std::pair{"election.keys", config.election.keys},
                                    std::pair{"election.secret", config.election.secret}}) {
      if (path.empty()) fail(key, "is missing; lockstepctl keygen makes the keys of a node");
    }
  }

  void look_at_messages() {
    const Config& config = loaded_.config;
    const auto count = static_cast<std::uint32_t>(config.members.size());
    if (config.members.back().id != NodeId(count))
      return fail("members", "with messages the ids are 1, 2, … without a gap; change them");
    if (count > lamport::most_members)
      return fail("members", fmt::format("with messages there are at most {}; run fewer",
                                         lamport::most_members));
    if (const auto flaw = lamport::refusal(config.messages.machine); !flaw.empty())
      fail("messages.mode", std::string(flaw));
  }

  void look_at_files() {
    const Config& config = loaded_.config;
    if (config.members.back().id != NodeId(static_cast<std::uint32_t>(config.members.size())))
      return fail("members", "with files the ids are 1, 2, … without a gap; change them");
    if (const auto flaw = flood::refusal(config.files.machine); !flaw.empty())
      fail("files.mode", std::string(flaw));
  }

  void look_at_security() {
    const Config& config = loaded_.config;
    if (config.datagrams && config.datagram_key.empty())
      fail("datagrams", "needs datagram_key, the same secret text on every member; set it");
    if (!config.tls) return;
    const std::pair<std::string, std::string> files[] = {
        {"tls.certificate", config.tls->certificate},
        {"tls.key", config.tls->key},
        {"tls.authority", config.tls->authority}};
    for (const auto& [key, path] : files) {
      if (path.empty()) {
        fail(key, "is missing; set tls.certificate, tls.key and tls.authority, or none of them");
      } else if (std::ifstream in(path); !in || in.peek() == std::ifstream::traits_type::eof()) {
        fail(key, "the file " + in_quotes(path) +
                      " cannot be read or is empty; check its path and its permissions");
      }
    }
  }

  std::string file_;
  Loaded loaded_;
  Errors errors_;
  std::set<std::string, std::less<>> refused_;
  bool unreadable_ = false;
};

}  // namespace

const Member& Config::self() const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.id == id; });
  check(found != members.end(), "this node is one of the members");
  return *found;
}

Loaded load_config(const std::string& file, const std::map<std::string, std::string>& environment,
                   const std::vector<std::pair<std::string, std::string>>& flags) {
  Loader loader(file);
  loader.read_file();
  for (const auto& [name, text] : environment) loader.read_variable(name, text);
  for (const auto& [name, text] : flags) loader.read_flag(name, text);
  return loader.finish();
}

std::string print_config(const Loaded& loaded) {
  constexpr std::size_t widest = 40;  // a longer value moves its own origin only
  std::size_t name_width = 0, value_width = 0;
  for (const Key& key : keys()) {
    name_width = std::max(name_width, key.name.size());
    const std::size_t size = key.show(loaded.config).size();
    if (size <= widest) value_width = std::max(value_width, size);
  }
  std::string text;
  for (const Key& key : keys()) {
    text += fmt::format("{:<{}} = {:<{}}   ({})\n", key.name, name_width, key.show(loaded.config),
                        value_width, one_line(loaded.origins.at(std::string(key.name))));
  }
  return text;
}

}  // namespace lockstep::node
