#include "processes/bench/zookeeper/server.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "net/asio.hpp"

namespace lockstep::processes::zookeeper {
namespace {

constexpr const char* java = "/usr/bin/java";
constexpr const char* jar = "/usr/share/java/zookeeper.jar";
constexpr const char* log_jar = "/usr/share/java/slf4j-simple.jar";  // left out where there is none

}  // namespace

bool is_installed() { return std::filesystem::exists(java) && std::filesystem::exists(jar); }

// Ticks and limits are those of ZooKeeper's own example. Connections of one address are limited to
// 60 unless told otherwise.
std::string configuration(const std::vector<Member>& members, std::size_t place,
                          const std::string& data) {
  std::string text = fmt::format(R"(tickTime=2000
initLimit=10
syncLimit=5
dataDir={}
clientPort={}
clientPortAddress=127.0.0.1
maxClientCnxns=0
4lw.commands.whitelist=srvr
admin.enableServer=false
)",
                                 data, members.at(place).client);
  for (std::size_t i = 0; i < members.size(); ++i)
    text += fmt::format("server.{}=127.0.0.1:{}:{}\n", i + 1, members[i].peer, members[i].election);
  return text;
}

Program server(const std::string& folder, const std::vector<Member>& members, std::size_t place) {
  const std::string data = std::filesystem::absolute(fmt::format("{}/{}", folder, place + 1));
  const std::string file = data + ".cfg";
  std::filesystem::create_directories(data);
  std::ofstream(data + "/myid") << place + 1 << '\n';
  std::ofstream(file) << configuration(members, place, data);
  Program program;
  program.path = java;
  program.arguments = {"-Djava.net.preferIPv4Stack=true",
                       "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                       "-XX:-UsePerfData",  // a file in /tmp that would outlive SIGKILL
                       "-cp",
                       fmt::format("{}:{}", jar, log_jar),
                       "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                       file};
  return program;
}

bool leads(std::uint16_t client_port) {
  net::asio::io_context io;
  net::asio::ip::tcp::socket socket(io);
  std::string answer;
  socket.async_connect({net::asio::ip::address_v4::loopback(), client_port},
                       [&](net::ErrorCode error) {
                         if (!error) net::asio::write(socket, net::asio::buffer("srvr", 4), error);
                         if (error) return;
                         net::asio::async_read(socket, net::asio::dynamic_buffer(answer),
                                               [](net::ErrorCode, std::size_t) {});
                       });
  io.run_for(std::chrono::seconds(1));
  return says_it_leads(answer);
}

bool says_it_leads(std::string_view srvr) {
  return srvr.find("\nMode: leader\n") != std::string_view::npos;
}

}  // namespace lockstep::processes::zookeeper
