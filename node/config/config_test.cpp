#include "node/config/config.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "node/config/keys.hpp"

namespace lockstep::node {
namespace {

using Environment = std::map<std::string, std::string>;
using Flags = std::vector<std::pair<std::string, std::string>>;

const Environment smallest{{"LOCKSTEP_ID", "2"},
                           {"LOCKSTEP_DATA", "/var/lib/x"},
                           {"LOCKSTEP_MEMBERS", "2=b:7100/b:7000,1=a:7100/a:7000"}};

Environment with(Environment environment, const std::string& name, const std::string& text) {
  environment[name] = text;
  return environment;
}

// A file of that text while it lives; its path is in every error, so it is short.
class File {
 public:
  explicit File(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("config_test_" + std::to_string(::getpid()))) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// What load_config says, with the file's name as F.
std::string errors(const std::string& file, const Environment& environment, const Flags& flags) {
  try {
    (void)load_config(file, environment, flags);
    return "none";
  } catch (const ConfigError& error) {
    std::string text = error.what();
    for (std::size_t at; !file.empty() && (at = text.find(file)) != std::string::npos;)
      text.replace(at, file.size(), "F");
    return text;
  }
}
std::string errors_in_file(const std::string& text, const Environment& environment = {}) {
  const File file(text);
  return errors(file.path(), environment, {});
}
std::string errors_of(const std::string& variable, const std::string& text) {
  return errors("", with(smallest, variable, text), {});
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const char* const full = R"(// A node.
{
  "id": 1, /* this one */
  "cluster": "blue",
  "members": [
    { "id": 1, "peer": "10.0.0.1:7100", "api": "10.0.0.1:7000" },
    { "id": 2, "peer": "[fd00::2]:7100", "api": "host-2.example:7000" }
  ],
  "data": "/var/lib/lockstep",
  "listen": { "peer": "0.0.0.0:7100", "api": "[::]:7000" },
  "raft": { "election_timeout": "200..400 ms", "heartbeat": "40 ms", "pre_vote": false,
            "check_quorum": false },
  "request_timeout": "3 s",
  "keep_awake": 0,
  "limits": { "body_bytes": 1000, "connections": 10 },
  "wal": { "segment_bytes": 2097152 },
  "datagrams": true, "datagram_key": "geheim",
  "admin": { "token": "sesame", "remote": true },
  "enable_faults": true,
  "log": { "level": "debug", "format": "json" },
  "election": { "quorum": "majority", "profile": "lan", "f": 0, "weights": "1.0, 1.0", "keys": "k",
                "secret": "s", "predicts": false, "timeout": "2 s", "hysteresis": 7,
                "id_weight": 0 },
  "messages": { "mode": "multicast", "sync": "20 ms", "patience": "4 s", "heartbeat": "90 ms" },
  "files": { "mode": "on", "shared": "/srv/files", "ttl": 2, "window": 8, "chunk_timeout": "3 s" }
}
)";

TEST_CASE("a file with every key") {
  const File file(full);
  const auto [config, origins] = load_config(file.path(), {}, {});
  CHECK(config.id == NodeId(1));
  CHECK(config.cluster == "blue");
  REQUIRE(config.members.size() == 2);
  CHECK(config.members[1].peer == Address{"fd00::2", 7100});
  CHECK(config.members[1].api == Address{"host-2.example", 7000});
  CHECK(config.self().id == NodeId(1));
  CHECK(config.data == "/var/lib/lockstep");
  CHECK(config.listen_peer == Address{"0.0.0.0", 7100});
  CHECK(config.listen_api == Address{"::", 7000});
  CHECK(config.kv.raft.election_timeout_low == milliseconds(200));
  CHECK(config.kv.raft.election_timeout_high == milliseconds(400));
  CHECK(config.kv.raft.heartbeat == milliseconds(40));
  CHECK_FALSE(config.kv.raft.pre_vote);
  CHECK_FALSE(config.kv.raft.check_quorum);
  CHECK(config.request_timeout == seconds(3));
  CHECK(config.keep_awake == Duration());
  CHECK(config.body_bytes == 1000);
  CHECK(config.connections == 10);
  CHECK(config.segment_bytes == 2097152);
  CHECK(config.datagrams);
  CHECK(config.datagram_key == "geheim");
  CHECK(config.admin_token == "sesame");
  CHECK(config.admin_remote);
  CHECK(config.enable_faults);
  CHECK(config.log_level == net::Level::debug);
  CHECK(config.log_format == "json");
  const auto election = machine_config(config.election, config.cluster);
  CHECK(election.mode == quorum::Mode::majority);
  CHECK(election.weights.size() == 2);
  CHECK(election.heartbeat == milliseconds(500));
  CHECK(election.election_timeout == seconds(2));
  CHECK(election.lease.length == seconds(3));
  CHECK(election.hysteresis == 7000);
  CHECK(election.score.weights.id == 0);
  CHECK_FALSE(election.predicts);
  CHECK(config.messages.on);
  CHECK(config.messages.machine.mode == lamport::Mode::multicast);
  CHECK(config.messages.machine.sync == milliseconds(20));
  CHECK(config.messages.machine.patience == seconds(4));
  CHECK(config.messages.machine.election.heartbeat == milliseconds(90));
  CHECK(config.files.on);
  CHECK(config.files.shared == "/srv/files");
  CHECK(config.files.machine.search.ttl == 2);
  CHECK(config.files.machine.transfer.window == 8);
  CHECK(config.files.machine.transfer.chunk_timeout == seconds(3));
  CHECK(origins.at("id") == file.path() + ":3:9");
  CHECK(origins.at("raft.heartbeat") == file.path() + ":11:61");
  CHECK(origins.at("tls.key") == "default");
}

TEST_CASE("the later source wins") {
  const File file(full);
  const Environment environment{
      {"PATH", "/bin"}, {"LOCKSTEP_CLUSTER", "green"}, {"LOCKSTEP_RAFT_HEARTBEAT", "30 ms"}};
  const auto [config, origins] =
      load_config(file.path(), environment,
                  {{"cluster", "red"}, {"cluster", "white"}, {"--enable-faults", ""}});
  CHECK(config.cluster == "white");
  CHECK(config.kv.raft.heartbeat == milliseconds(30));
  CHECK(config.enable_faults);
  CHECK(origins.at("cluster") == "--cluster");
  CHECK(origins.at("raft.heartbeat") == "LOCKSTEP_RAFT_HEARTBEAT");
  CHECK(origins.at("enable_faults") == "--enable_faults");
}

TEST_CASE("no file at all: variables suffice, the rest is the defaults of the documentation") {
  const auto [config, origins] = load_config("", smallest, {});
  CHECK(config.id == NodeId(2));
  REQUIRE(config.members.size() == 2);
  CHECK(config.members[0].id == NodeId(1));
  CHECK(config.members[0].peer == Address{"a", 7100});
  CHECK(config.cluster == "lockstep");
  CHECK(config.kv.raft.election_timeout_high == milliseconds(300));
  CHECK(config.log_level == net::Level::info);
  CHECK_FALSE(config.election.mode);
  CHECK_FALSE(config.messages.on);
  CHECK(config.messages.machine == lamport::Config{});
  CHECK(origins.at("log.format") == "default");
  CHECK(origins.size() == keys().size());
}

TEST_CASE("what is printed can be given again, and says nothing secret") {
  const File file(full);
  const Loaded loaded = load_config(file.path(), {}, {});
  const std::string text = print_config(loaded);
  CHECK(holds(text, "raft.election_timeout        = 200..400 ms "));
  CHECK(holds(text, "admin.token                  = (set) "));
  CHECK(holds(text, "tls.key                      = none "));
  CHECK(holds(text, "(default)"));
  CHECK_FALSE(holds(text, "sesame"));
  CHECK_FALSE(holds(text, "geheim"));

  Environment again{{"LOCKSTEP_DATAGRAM_KEY", "geheim"}};
  for (const Key& key : keys()) {
    const std::string value = key.show(loaded.config);
    if (value != "none" && value != "(set)") again[variable_of(key.name)] = value;
  }
  const Loaded second = load_config("", again, {});
  for (const Key& key : keys()) {
    if (key.name == "admin.token") continue;
    CHECK_MESSAGE(key.show(second.config) == key.show(loaded.config), key.name);
  }
}

TEST_CASE("every key has a variable of its own") {
  std::set<std::string> names;
  for (const Key& key : keys()) names.insert(variable_of(key.name));
  CHECK(names.size() == keys().size());
}

TEST_CASE("the documentation lists exactly the keys there are") {
  std::ifstream in("docs/node.md");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  REQUIRE_FALSE(text.empty());
  text = text.substr(0, text.find("Exit codes"));
  for (const Key& key : keys())
    CHECK_MESSAGE(holds(text, "`" + std::string(key.name) + "`"), key.name);
}

TEST_CASE("the example that is delivered loads") {
  const Loaded loaded = load_config("node/deploy/lockstepd.example.json", {}, {});
  CHECK(loaded.config.members.size() == 3);
  CHECK(loaded.config.kv == kv::Config{});
}

TEST_CASE("errors name the place, the key and what to do, all of them at once") {
  CHECK(errors_in_file(R"({
  "id": "1",
  "cluster": 7,
  "member": [],
  "data": null,
  "raft": { "heartbeat": "50", "electon_timeout": "1 s" },
  "heartbeat": "50 ms",
  "keep_awake": "1 s",
  "log": { "level": "warn" }
})") == R"(F:2:9: id: expected a whole number from 1 to 1000, found "1"
F:3:14: cluster: expected a text of at least one character, none of control, found 7
F:4:13: member: unknown key; did you mean members?
F:5:11: data: expected a text of at least one character, none of control, )"
        R"(found null; leave the key out for its default
F:6:26: raft.heartbeat: expected a time above 0 and up to 1 h, like "50 ms" or "5 s", found "50"
F:6:51: raft.electon_timeout: unknown key; did you mean election_timeout?
F:7:16: heartbeat: unknown key; write it as "raft": { "heartbeat": … } at the top level
F:8:17: keep_awake: expected a time up to 100 ms, like "500 us", or 0, found "1 s"
F:9:21: log.level: expected one of debug, info, warning, error, found "warn"; did you mean warning?
F: members: is not set; write it into the file, or set LOCKSTEP_MEMBERS or --members)");
}

TEST_CASE("unknown variables and flags") {
  CHECK(errors("", with(with(smallest, "LOCKSTEP_DATTA", "x"), "LOCKSTEP_LOG_LEVEL", "loud"),
               {{"cluter", "x"}, {"raft.heartbeat", "never"}}) ==
        R"(LOCKSTEP_DATTA: unknown variable; did you mean LOCKSTEP_DATA?
LOCKSTEP_LOG_LEVEL: log.level: expected one of debug, info, warning, error, found "loud"
--cluter: unknown flag; did you mean cluster?
--raft.heartbeat: raft.heartbeat: expected a time above 0 and up to 1 h, like "50 ms" or )"
        R"("5 s", found "never")");
}

TEST_CASE("nothing given") {
  CHECK(errors("", {}, {}) == R"(id: is not set; write it into the file, or set LOCKSTEP_ID or --id
members: is not set; write it into the file, or set LOCKSTEP_MEMBERS or --members
data: is not set; write it into the file, or set LOCKSTEP_DATA or --data)");
}

TEST_CASE("ranges") {
  for (const char* id : {"0", "1001", "-1", "1.0", "1e2", "0x1", " 1", "", "99999999999999999999"})
    CHECK_MESSAGE(holds(errors_of("LOCKSTEP_ID", id), "from 1 to 1000"), id);
  CHECK(holds(errors_of("LOCKSTEP_WAL_SEGMENT_BYTES", "1048575"), "from 1048576"));
  CHECK(errors_of("LOCKSTEP_WAL_SEGMENT_BYTES", "1048576") == "none");
  for (const char* time : {"0 s", "-1 s", "5", "5 parsecs", "2 h", "", "1..2 s"})
    CHECK_MESSAGE(holds(errors_of("LOCKSTEP_REQUEST_TIMEOUT", time), "expected a time"), time);
  for (const char* range : {"0..1 s", "300..150 ms", "150..300", "150 ms..", "..", "..300 ms", ""})
    CHECK_MESSAGE(holds(errors_of("LOCKSTEP_RAFT_ELECTION_TIMEOUT", range), "expected a range"),
                  range);
  for (const char* range : {"150..300 ms", "150ms..2s", "0.5..1 s", "200 ms", "1 s .. 2 s"})
    CHECK_MESSAGE(errors_of("LOCKSTEP_RAFT_ELECTION_TIMEOUT", range) == "none", range);
  for (const char* listen : {"", "host", ":1", "host:", "host:0", "host:65536", "::1:80", "a b:1",
                             "[]:1", "[::1]", "http://a:1"})
    CHECK_MESSAGE(holds(errors_of("LOCKSTEP_LISTEN_API", listen), "expected host:port"), listen);
  for (const char* yes : {"yes", "1", "", "TRUE"})
    CHECK_MESSAGE(holds(errors_of("LOCKSTEP_DATAGRAMS", yes), "true or false"), yes);
  CHECK(holds(errors_of("LOCKSTEP_CLUSTER", std::string(256, 'x')), "255 bytes"));
  CHECK(holds(errors_of("LOCKSTEP_CLUSTER", "a\nb"), R"(found "a\nb")"));
  CHECK(holds(errors_of("LOCKSTEP_CLUSTER", "\xFF"), "expected a text"));
}

TEST_CASE("members") {
  const auto says = [](const std::string& members, std::string_view part) {
    const std::string text = errors_of("LOCKSTEP_MEMBERS", members);
    CHECK_MESSAGE(holds(text, part), text);
  };
  says("", "no members");
  says("1=a:1", "expected ID=PEER/API");
  says("1=a:1/a:2,2=a:1/b:2", "a:1 is already used by member 1");
  says("1=a:1/a:1", "a:1 is already used by member 1");
  says("2=a:1/a:2,2=b:1/b:2", "the id 2 is there twice");
  says("1=a:1/a:2,3=b:1/b:2", "2 is not one of the members 1, 3");
  says("0=a:1/a:2", "from 1 to 1000");
  const std::string text = errors_in_file(
      R"({"id": 1, "data": "x", "members": [{"id": 1, "peer": "a", "ap": "b:1"}, 7]})");
  CHECK(text == R"(F:1:54: members[0].peer: expected host:port with a port from 1 to 65535, )"
                R"(like "10.0.0.1:7000" or "[fd00::1]:7000", found "a"
F:1:65: members[0].ap: unknown key; did you mean api?
F:1:36: members[0]: the key "api" is missing; add it
F:1:73: members[1]: expected { "id": 1, "peer": "host:port", "api": "host:port" })");
}

TEST_CASE("an election") {
  const auto says = [](const Flags& flags, std::string_view part) {
    Flags all{{"election.quorum", "majority"}, {"election.keys", "k"}, {"election.secret", "s"}};
    all.insert(all.end(), flags.begin(), flags.end());
    const std::string text = errors("", smallest, all);
    CHECK_MESSAGE(holds(text, part), text);
  };
  says({}, "none");
  says({{"election.quorum", "raft"}}, "expected one of off, none, majority, byzantine, degraded");
  says({{"election.quorum", "byzantine"}}, "--election.quorum: election.quorum: ");
  says({{"members", "2=b:1/b:2,3=a:1/a:2"}}, "the ids are 1, 2, … without a gap");
  says({{"election.weights", "1.0, 1"}}, "a weight of 0.1 to 2.0 for each member");
  says({{"election.weights", "1.0, 2.1"}}, "a weight of 0.1 to 2.0 for each member");
  says({{"election.weights", ""}}, "a weight of 0.1 to 2.0 for each member");
  says({{"election.weights", "1.0"}}, "weights must name one for each node");
  says({{"election.timeout", "1 s"}}, "at least three heartbeats");
  says({{"election.id_weight", "1000001"}}, "--election.id_weight: election.id_weight: ");
  const std::string missing = errors("", smallest, {{"election.quorum", "majority"}});
  CHECK(holds(missing, "election.keys: is missing; lockstepctl keygen"));
  CHECK(holds(missing, "election.secret: is missing"));
  CHECK(errors("", smallest, {{"election.quorum", "off"}}) == "none");
}

TEST_CASE("files") {
  const auto says = [](const Flags& flags, std::string_view part) {
    Flags all{{"files.mode", "on"}};
    all.insert(all.end(), flags.begin(), flags.end());
    const std::string text = errors("", smallest, all);
    CHECK_MESSAGE(holds(text, part), text);
  };
  says({}, "none");
  says({{"files.mode", "yes"}}, "expected one of off, on");
  says({{"files.ttl", "8"}}, "--files.ttl: files.ttl: ");
  says({{"files.window", "65"}}, "window must be 1 to 64");
  says({{"files.max_fetches", "0"}}, "--files.max_fetches: files.max_fetches: ");
  says({{"members", "2=b:1/b:2,3=a:1/a:2"}}, "with files the ids are 1, 2, … without a gap");
}

TEST_CASE("messages") {
  const auto says = [](const Flags& flags, std::string_view part) {
    Flags all{{"messages.mode", "replicated"}};
    all.insert(all.end(), flags.begin(), flags.end());
    const std::string text = errors("", smallest, all);
    CHECK_MESSAGE(holds(text, part), text);
  };
  says({}, "none");
  says({{"messages.mode", "on"}}, "expected one of off, replicated, multicast");
  says({{"messages.sync", "0 s"}}, "expected a time above 0");
  says({{"messages.heartbeat", "1 s"}}, "heartbeat_timeout must be above heartbeat");
  says({{"messages.heartbeat", "1 s"}, {"messages.mode", "multicast"}}, "none");
  says({{"members", "2=b:1/b:2,3=a:1/a:2"}}, "with messages the ids are 1, 2, … without a gap");
  std::string many = "1=h:1/h:2";
  for (int id = 2; id <= 101; ++id) many += fmt::format(",{0}=h:{1}/h:{2}", id, 2 * id, 2 * id + 1);
  says({{"members", many}}, "at most 100");
}

TEST_CASE("clusters of other names are other clusters to those who vote") {
  ElectionConfig election;
  election.mode = quorum::Mode::majority;
  CHECK(machine_config(election, "a").cluster == machine_config(election, "a").cluster);
  CHECK(machine_config(election, "a").cluster != machine_config(election, "b").cluster);
}

TEST_CASE("what only makes sense together") {
  CHECK(holds(errors_of("LOCKSTEP_DATAGRAMS", "true"), "LOCKSTEP_DATAGRAMS: datagrams: needs"));
  CHECK(errors_of("LOCKSTEP_RAFT_HEARTBEAT", "150 ms") ==
        "LOCKSTEP_RAFT_HEARTBEAT: raft.heartbeat: the heartbeat interval is below the election "
        "timeout, but they are 150 ms and 150..300 ms; change one");
  CHECK(holds(errors_of("LOCKSTEP_RAFT_ELECTION_TIMEOUT", "50..60 ms"),
              "LOCKSTEP_RAFT_ELECTION_TIMEOUT: raft.election_timeout: the heartbeat"));
  CHECK(holds(errors_of("LOCKSTEP_LISTEN_PEER", "b:7000"), "cannot both use b:7000"));
  CHECK(holds(errors_of("LOCKSTEP_TLS_KEY", "docs/node.md"), "tls.certificate: is missing"));
  const auto tls = [](const std::string& key) {
    return errors(
        "", smallest,
        {{"tls.certificate", "docs/node.md"}, {"tls.authority", "docs/node.md"}, {"tls.key", key}});
  };
  CHECK(tls("docs/node.md") == "none");
  CHECK(holds(tls("/nowhere"), "--tls.key: tls.key: the file \"/nowhere\" cannot be read"));
  CHECK(holds(tls("docs"), "cannot be read"));
}

TEST_CASE("secrets are in no error") {
  for (const char* text :
       {R"({"admin": {"token": "top secret"}})", R"({"datagram_key": ["secret"]})",
        R"({"admin": {"token": "secret})", R"({"datagram_key": secret})",
        "{\"admin\": {\"token\": \"secret\xFF\"}}"})
    CHECK_MESSAGE(!holds(errors_in_file(text), "secret"), errors_in_file(text));
  CHECK(holds(errors_of("LOCKSTEP_ADMIN_TOKEN", "top secret"), "without spaces"));
}

TEST_CASE("what is no configuration is refused with one line") {
  const auto says = [](const std::string& text, const std::string& error) {
    CHECK(errors_in_file(text) == error);
  };
  says("", "F:1:1: the file is empty; a configuration is one JSON object { … }");
  says(" // nothing", "F:1:12: the file is empty; a configuration is one JSON object { … }");
  says("[]", "F:1:1: a configuration is one JSON object { … }");
  says("{\"id\": 1,\n}", "F:2:1: a comma before '}' is one too many; remove it");
  says("{\"id\": 1", "F:1:9: the file ends too early; close every {, [ and \"");
  says("{\"id\": yes}",
       "F:1:8: not JSON: invalid literal; write a text in double quotes, a number, true or false");
  says("{\"a\": 1 \"b\": 2}", "F:1:9: not JSON: unexpected string literal; expected '}'");
  says(std::string("{}\0{", 4), "F: holds a zero byte; is this a text file?");
  says(std::string(2 << 20, ' '), "F: larger than 1 MiB; a configuration is a short text");
  says(std::string(100'000, '['), "F:1:17: nested deeper than 16 levels; flatten it");
  says("{\"id\": 1e999}", "F:1:8: not JSON: a number is too large; write a smaller one");
  CHECK(errors("/nowhere/x.json", {}, {}) == "F: there is no such file; check the path");
  CHECK(errors("docs", {}, {}) == "F: this is a folder; name a file in it");
  CHECK(holds(errors("/dev/zero", {}, {}), "larger than"));
  const std::string twice = errors_in_file("{\"id\": 1,\n \"id\": 2}", {});
  CHECK(holds(twice, "F:2:8: id: this key is there twice; keep one"));
}

TEST_CASE("rubbish is refused or taken, and never more") {
  std::mt19937 random(7);
  const std::string seeds = full;
  for (int round = 0; round < 3000; ++round) {
    std::string text = seeds;
    for (auto hits = 1 + random() % 4; hits > 0; --hits) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.erase(at, random() % 20); break;
        default: text.insert(at, 1, "{}[]\",:/*\\1"[random() % 11]); break;
      }
      if (text.empty()) text = "{";
    }
    const std::string said = errors_in_file(text);
    REQUIRE(said != "");
  }
}

}  // namespace
}  // namespace lockstep::node
