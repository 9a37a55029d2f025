#include "processes/bench/zookeeper/server.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace lockstep::processes::zookeeper {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::vector<Member> three{{11, 12, 13}, {21, 22, 23}, {31, 32, 33}};

TEST_CASE("who leads is told by the line Mode, and by nothing else") {
  CHECK(
      says_it_leads("Zookeeper version: 3.8.0, built on 2024\nLatency min/avg/max: 0/0.0/0\n"
                    "Zxid: 0x100000000\nMode: leader\nNode count: 5\n"));
  CHECK_FALSE(says_it_leads("Zxid: 0x0\nMode: follower\nNode count: 5\n"));
  CHECK_FALSE(says_it_leads("Zxid: 0x0\nMode: standalone\nNode count: 5\n"));
  CHECK_FALSE(says_it_leads("This ZooKeeper instance is not currently serving requests\n"));
  CHECK_FALSE(says_it_leads("srvr is not executed because it is not in the whitelist.\n"));
  CHECK_FALSE(says_it_leads(""));
}

TEST_CASE("each member knows all of them, and durability is left as it is") {
  const std::string text = configuration(three, 1, "/data/2");
  CHECK(text.find("dataDir=/data/2\n") != std::string::npos);
  CHECK(text.find("clientPort=23\n") != std::string::npos);
  CHECK(text.find("maxClientCnxns=0\n") != std::string::npos);
  CHECK(text.find("server.1=127.0.0.1:11:12\n") != std::string::npos);
  CHECK(text.find("server.3=127.0.0.1:31:32\n") != std::string::npos);
  CHECK(text.find("forceSync") == std::string::npos);
}

TEST_CASE("a server finds its files where its program is told to look") {
  const std::string folder =
      std::filesystem::temp_directory_path() / ("zookeeper-test-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const Program program = server(folder, three, 2);
  CHECK(content_of(folder + "/3/myid") == "3\n");
  CHECK(program.arguments.back() == folder + "/3.cfg");
  CHECK(content_of(folder + "/3.cfg") == configuration(three, 2, folder + "/3"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lockstep::processes::zookeeper
