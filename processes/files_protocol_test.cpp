#include "processes/files_protocol.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "net/http/server.hpp"
#include "node/keys/folder_for_tests.hpp"
#include "processes/capabilities.hpp"
#include "processes/clock.hpp"
#include "processes/node_process.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::processes {
namespace {

namespace fs = std::filesystem;

sim::Scenario peers(const std::string& members = "") {
  return sim::parse_scenario(
      "s.json", R"({"format":1,"title":"t","protocol":"flood","nodes":3)" + members + "}");
}
std::string file_setting(const Settings& settings, const std::string& key) {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const auto& one) { return one.first == key; });
  return found == settings.end() ? "none" : found->second;
}
std::string refusal(const std::string& members) {
  try {
    require_possible(peers(members));
  } catch (const sim::ScenarioError& error) {
    return error.what();
  }
  return "";
}
std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr const char* one_file =
    R"(,"setup":{"files":[{"name":"a b.txt","size":"100 KiB","on":["n1","n3"]}],
        "orders":[{"at":"2 s","node":"n2","fetch":"a b.txt"},
                  {"at":"1 s","node":"n1","search":"a"}]})";

NodeStatus peer_of(const FilesProtocol& protocol, std::vector<std::uint64_t> neighbours) {
  auto list = nlohmann::json::array();
  for (const auto id : neighbours) list.push_back({{"node", id}, {"misses", 0U}});
  return protocol.status_of({{"neighbours", list}, {"sent_bytes", 7U}, {"dropped_sources", 1U}});
}
bool witnessed(const Conclusion& found, const char* name) { return found.witnesses.contains(name); }

TEST_CASE("a node is told what the scenario says of searches and transfers, in its own words") {
  const auto scenario = peers(
      R"(,"config":{"ttl":2,"answers_within":"300 ms","max_open":7,"window":3,
                    "start_linked":false})");
  const Settings told = FilesProtocol(scenario).settings();
  CHECK(file_setting(told, "files.mode") == "on");
  CHECK(file_setting(told, "files.ttl") == "2");
  CHECK(file_setting(told, "files.answers_within") == "300 ms");
  CHECK(file_setting(told, "files.max_searches") == "7");
  CHECK(file_setting(told, "files.window") == "3");
  CHECK(refusal(R"(,"config":{"ttl":2,"max_open":7,"window":3,"start_linked":false})") == "");
}

TEST_CASE("what no node does is refused with its path") {
  const auto refused = [](const std::string& members, const std::string& path) {
    const std::string text = refusal(members);
    CAPTURE(text);
    CHECK(text.find("s.json:1:1: " + path + ": real processes cannot do this: ") == 0);
  };
  refused(R"(,"config":{"query_rate":10})", "config.query_rate");
  refused(R"(,"config":{"health_check":"2 s"})", "config.health_check");
  refused(R"(,"config":{"topology":{"shape":"ring"}})", "config.topology");
  refused(R"(,"config":{"rogues":[{"node":"n2","bad_chunks":true}]})", "config.rogues");
  refused(R"(,"faults":[{"at":"1 s","log_out":"n1"}])", "faults[0].log_out");
  for (const char* order : {R"("unshare":"a")", R"("search":"a","strategy":"ring")",
                            R"("search":"a","permille":700)", R"("search":"a","ttl":9)"})
    refused(R"(,"setup":{"orders":[{"node":"n1",)" + std::string(order) + "}]}", "setup.orders");
  refused(R"(,"expect":{"violates":"echoed"})", "expect.violates");
}

TEST_CASE("files lie where the scenario puts them, and orders come in time") {
  const node::Folder folder;
  const auto scenario = peers(one_file);
  FilesProtocol protocol(scenario);
  for (std::uint32_t n = 0; n < 3; ++n) {
    const fs::path data = fs::path(folder.path()) / std::to_string(n);
    CHECK(protocol.move_in({n, "c", folder.path(), data.string()}).empty());
    const fs::path file = data / "files" / "shared" / "a b.txt";
    CHECK(fs::exists(file) == (n != 1));
    if (n != 1) CHECK((bytes_of(file) == sim::content_of({"a b.txt", 102400, {}}, scenario.seed)));
  }
  const auto errands = protocol.errands();
  REQUIRE(errands.size() == 2);
  CHECK(errands[0].at == Instant() + seconds(1));
  CHECK(errands[0].node == 0);
  CHECK(errands[1].node == 1);
}

TEST_CASE("a file with other bytes, and one that is gone, are found on the disk") {
  const node::Folder folder;
  const auto scenario = peers(one_file);
  FilesProtocol protocol(scenario);
  net::asio::io_context io;
  const Clock clock(io);
  for (std::uint32_t n = 0; n < 3; ++n) {
    const Home home{n, "c", folder.path(), folder.path() + "/" + std::to_string(n)};
    (void)protocol.move_in(home);
    const fs::path file = fs::path(home.data) / "files" / "shared" / "a b.txt";
    if (n == 0) std::fstream(file, std::ios::binary | std::ios::in | std::ios::out) << "other";
    if (n == 2) fs::remove(file);
    protocol.look_at_disk(home, clock, Instant());
  }
  const auto found = protocol.conclude({}, Instant());
  REQUIRE(found.violations.size() == 2);
  CHECK(found.violations[0].rule == "file differs");
  CHECK(found.violations[0].node == NodeId(1));
  CHECK(found.violations[1].node == NodeId(3));
}

TEST_CASE("neighbours are lost and return by what nodes say") {
  const auto scenario = peers();
  FilesProtocol protocol(scenario);
  protocol.saw(0, peer_of(protocol, {2, 3}));
  CHECK_FALSE(witnessed(protocol.conclude({}, Instant()), "neighbour_lost"));
  protocol.saw(0, peer_of(protocol, {3}));
  CHECK(witnessed(protocol.conclude({}, Instant()), "neighbour_lost"));
  CHECK_FALSE(witnessed(protocol.conclude({}, Instant()), "neighbour_returned"));
  protocol.saw(0, peer_of(protocol, {2, 3}));
  const auto found = protocol.conclude({}, Instant());
  CHECK(witnessed(found, "neighbour_returned"));
  CHECK(witnessed(found, "source_dropped"));
  CHECK_FALSE(witnessed(found, "several_sources"));
}

TEST_CASE("they agree when everybody's neighbours live and say the same") {
  const auto scenario = peers();
  const FilesProtocol protocol(scenario);
  const auto agreed = [&](const std::vector<sim::EndpointSet>& groups,
                          const std::vector<std::vector<std::uint64_t>>& neighbours) {
    std::vector<NodeStatus> statuses;
    for (const auto& each : neighbours) statuses.push_back(peer_of(protocol, each));
    return protocol.agreed(groups, statuses);
  };
  CHECK(agreed({{0, 1, 2}}, {{2, 3}, {1, 3}, {1, 2}}));
  CHECK_FALSE(agreed({{0, 1, 2}}, {{2, 3}, {1, 3}, {1}}));
  CHECK(agreed({{0, 1}}, {{2}, {1}, {}}));
  CHECK_FALSE(agreed({{0, 1}}, {{2, 3}, {1}, {1}}));  // n3 is down
}

struct Unheard : net::Log {
  void write(net::Level, std::string_view, std::vector<net::Field>) override {}
};

TEST_CASE("a search that a living node does not answer is told") {
  const node::Folder folder;
  const auto scenario =
      peers(R"(,"setup":{"orders":[{"node":"n1","search":"a b"},{"node":"n1","search":"c"}]})");
  FilesProtocol protocol(scenario);
  net::asio::io_context io;
  Unheard log;
  std::string asked;
  net::HttpServer server(
      io, {},
      [&](net::HttpRequest&& request, const net::HttpAnswer& answer) {
        if (request.path == "/v1/search") asked += request.target + " ";
        const bool good = request.target != "/v1/search?name=a%20b";
        answer({good ? 200U : 504U,
                "application/json",
                R"({"sources":[{"node":2,"file":"f"},{"node":3,"file":"f"}]})",
                {}});
      },
      log);
  Clock clock(io);
  clock.start();
  const Program sleeper{"/bin/sleep", {"60"}, {}, folder.path() + "/log"};
  NodeProcess node(io, clock, {0, server.port(), "token", sleeper}, protocol);
  const auto run_until = [&](const std::function<bool()>& done) {
    for (int i = 0; i < 1000 && !done(); ++i) io.run_one_for(std::chrono::milliseconds(10));
    return done();
  };
  node.launch([] {});
  REQUIRE(run_until([&] { return node.answers(); }));
  for (const Errand& errand : protocol.errands()) protocol.run(errand, node);
  const auto both = [&] { return protocol.conclude({}, Instant()).steps.size() == 3; };
  REQUIRE(
      run_until([&] { return both() && !protocol.conclude({}, Instant()).violations.empty(); }));
  CHECK(asked.find("/v1/search?name=c ") != std::string::npos);
  const auto found = protocol.conclude({}, Instant());
  REQUIRE(found.violations.size() == 1);
  CHECK(found.violations[0].rule == "search unanswered");
  CHECK(found.violations[0].text.find("a b came to status 504") != std::string::npos);
  CHECK(witnessed(found, "found_elsewhere"));
  CHECK(witnessed(found, "found_at_several"));
  CHECK_FALSE(witnessed(found, "found_here"));
}

}  // namespace
}  // namespace lockstep::processes
