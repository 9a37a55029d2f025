#include "processes/bench/servers.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "net/http/client.hpp"
#include "processes/bench/zookeeper/server.hpp"

namespace lockstep::processes {
namespace {

constexpr const char* etcd = "/usr/bin/etcd";

std::string address(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }
std::string url(std::uint16_t port) { return "http://" + address(port); }

std::string data_of(const Layout& layout, std::size_t place) {
  return fmt::format("{}/{}", layout.folder, place + 1);
}

Program lockstep_server(Kind kind, const Layout& layout, std::size_t place) {
  std::string members;
  for (std::size_t i = 0; i < layout.peers.size(); ++i)
    members += fmt::format("{}{}={}/{}", i == 0 ? "" : ",", i + 1, address(layout.peers[i]),
                           address(layout.clients[i]));
  Program program;
  program.path = sibling("lockstepd");
  program.arguments = {"--id",   std::to_string(place + 1), "--members",   members,
                       "--data", data_of(layout, place),    "--log.level", "warning"};
  if (kind == Kind::messages)
    program.arguments.insert(program.arguments.end(), {"--messages.mode", "replicated"});
  return program;
}

Program etcd_server(const Layout& layout, std::size_t place) {
  std::string members;
  for (std::size_t i = 0; i < layout.peers.size(); ++i)
    members += fmt::format("{}n{}={}", i == 0 ? "" : ",", i + 1, url(layout.peers[i]));
  const std::string peer = url(layout.peers[place]), client = url(layout.clients[place]);
  Program program;
  program.path = etcd;
  program.arguments = {"--name",
                       fmt::format("n{}", place + 1),
                       "--data-dir",
                       data_of(layout, place),
                       "--initial-advertise-peer-urls",
                       peer,
                       "--listen-peer-urls",
                       peer,
                       "--listen-client-urls",
                       client,
                       "--advertise-client-urls",
                       client,
                       "--initial-cluster",
                       members,
                       "--initial-cluster-state",
                       "new",
                       "--log-level",
                       "error"};
  return program;
}

Program zookeeper_server(const Layout& layout, std::size_t place) {
  std::vector<zookeeper::Member> members;
  for (std::size_t i = 0; i < layout.peers.size(); ++i)
    members.push_back({layout.peers[i], layout.elections[i], layout.clients[i]});
  return zookeeper::server(layout.folder, members, place);
}

Program without_surroundings(Kind kind, const Layout& layout, std::size_t place) {
  switch (kind) {
    case Kind::lockstep:
    case Kind::messages: return lockstep_server(kind, layout, place);
    case Kind::etcd: return etcd_server(layout, place);
    case Kind::zookeeper: break;
  }
  return zookeeper_server(layout, place);
}

bool lockstep_leads(std::uint16_t port) {
  const auto status = nlohmann::json::parse(fetch(port, "/v1/status"), nullptr, false);
  return status.is_object() && status.value("role", "") == "leader";
}

bool messages_leads(std::uint16_t port) {
  const auto status = nlohmann::json::parse(fetch(port, "/v1/lamport"), nullptr, false);
  return status.is_object() && status.value("role", "") == "coordinator";
}

bool etcd_leads(std::uint16_t port) {
  const auto status =
      nlohmann::json::parse(fetch(port, "/v3/maintenance/status", "{}"), nullptr, false);
  return status.is_object() && status.contains("header") &&
         status["header"].value("member_id", "") == status.value("leader", "-");
}

}  // namespace

bool is_installed(Kind kind) {
  if (kind == Kind::etcd) return std::filesystem::exists(etcd);
  return kind != Kind::zookeeper || zookeeper::is_installed();
}

Program server_of(Kind kind, const Layout& layout, std::size_t place) {
  Program program = without_surroundings(kind, layout, place);
  const char* path = std::getenv("PATH");
  program.environment = {{"PATH", path != nullptr ? path : "/usr/bin:/bin"}};
  program.output = data_of(layout, place) + ".log";
  return program;
}

bool leads(Kind kind, std::uint16_t client_port) {
  switch (kind) {
    case Kind::lockstep: return lockstep_leads(client_port);
    case Kind::messages: return messages_leads(client_port);
    case Kind::etcd: return etcd_leads(client_port);
    case Kind::zookeeper: break;
  }
  return zookeeper::leads(client_port);
}

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
