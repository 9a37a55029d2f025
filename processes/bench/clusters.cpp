#include "processes/bench/clusters.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <thread>

#include "net/http/client.hpp"

namespace lockstep::processes {
namespace {

std::string text_of(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

std::map<std::string, std::string> plain_environment() {
  const char* path = std::getenv("PATH");
  return {{"PATH", path != nullptr ? path : "/usr/bin:/bin"}};
}

std::string status_target(BenchCluster::Kind kind) {
  return kind == BenchCluster::Kind::lockstep ? "/v1/status" : "/v3/maintenance/status";
}

bool says_it_leads(BenchCluster::Kind kind, const std::string& answer) {
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  if (!json.is_object()) return false;
  if (kind == BenchCluster::Kind::lockstep) return json.value("role", "") == "leader";
  return json.contains("header") &&
         json["header"].value("member_id", "") == json.value("leader", "-");
}

}  // namespace

BenchCluster::BenchCluster(Kind kind, std::string folder)
    : kind_(kind), folder_(std::move(folder)), ports_(2 * size), children_(size) {
  std::filesystem::create_directories(folder_);
  for (std::size_t place = 0; place < size; ++place) start(place);
  (void)leader();
}

std::string BenchCluster::url(std::size_t place) const { return "http://" + text_of(port(place)); }

void BenchCluster::start(std::size_t place) {
  Program program;
  program.environment = plain_environment();
  program.output = fmt::format("{}/{}.log", folder_, place + 1);
  const std::string data = fmt::format("{}/{}", folder_, place + 1);
  std::string members;
  for (std::size_t i = 0; i < size; ++i) {
    members += i == 0 ? "" : ",";
    members += kind_ == Kind::lockstep
                   ? fmt::format("{}={}/{}", i + 1, text_of(ports_[i]), text_of(port(i)))
                   : fmt::format("n{}=http://{}", i + 1, text_of(ports_[i]));
  }
  if (kind_ == Kind::lockstep) {
    program.path = sibling("lockstepd");
    program.arguments = {
        "--id",   std::to_string(place + 1), "--members", members, "--data", data, "--log.level",
        "warning"};
  } else {
    const std::string peer = "http://" + text_of(ports_[place]);
    program.path = "/usr/bin/etcd";
    program.arguments = {"--name",
                         fmt::format("n{}", place + 1),
                         "--data-dir",
                         data,
                         "--initial-advertise-peer-urls",
                         peer,
                         "--listen-peer-urls",
                         peer,
                         "--listen-client-urls",
                         url(place),
                         "--advertise-client-urls",
                         url(place),
                         "--initial-cluster",
                         members,
                         "--initial-cluster-state",
                         "new",
                         "--log-level",
                         "error"};
  }
  children_[place] = std::make_unique<Child>(program);
}

std::size_t BenchCluster::leader() const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < deadline) {
    for (std::size_t place = 0; place < size; ++place) {
      if (children_[place]->ended()) continue;
      const std::string body = kind_ == Kind::lockstep ? "" : "{}";
      if (says_it_leads(kind_, fetch(port(place), status_target(kind_), body))) return place;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  throw std::runtime_error(fmt::format("no {} server leads after ten seconds; its logs are in {}",
                                       kind_ == Kind::lockstep ? "lockstep" : "etcd", folder_));
}

bool etcd_is_installed() { return std::filesystem::exists("/usr/bin/etcd"); }

std::string fetch(std::uint16_t port, const std::string& target, const std::string& body) {
  net::asio::io_context io;
  net::HttpClient client(io, "127.0.0.1", port);
  std::optional<net::HttpResult> answer;
  client.call({body.empty() ? "GET" : "POST", target, {}, body}, seconds(1),
              [&](net::HttpResult result) { answer = std::move(result); });
  while (!answer && io.run_one() != 0) {
  }
  return answer && answer->status == 200 ? answer->body : std::string();
}

}  // namespace lockstep::processes
