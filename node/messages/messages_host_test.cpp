#include "node/messages/messages_host.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <utility>

#include "core/wire/codec.hpp"

namespace lockstep::node {
namespace {

using lamport::Copies, lamport::Entry, lamport::Stamp;

struct Silence : net::Log {
  void write(net::Level, std::string_view, std::vector<net::Field>) override {}
};

template <class Variant>
std::string encoded(const Variant& value) {
  std::string bytes;
  wire::encode(value, bytes);
  return bytes;
}

Entry entry(std::uint64_t time, std::uint32_t node, std::uint64_t number) {
  return {{lamport::LamportTime(time), NodeId(node)},
          lamport::Number(number),
          {lamport::ClientId(node), lamport::Sequence(number)},
          "text"};
}

// Node 1 of three, and its folder.
struct Desk {
  std::string path = [] {
    std::string name =
        (std::filesystem::temp_directory_path() / "lockstep_messages_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
  }();
  Silence log;
  net::asio::io_context io;
  Config config;
  std::vector<lamport::Message> carried;

  Desk() {
    config.id = NodeId(1);
    for (std::uint32_t id = 1; id <= 3; ++id) config.members.push_back({NodeId(id), {}, {}});
    config.messages.on = true;
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk() { std::filesystem::remove_all(path); }

  [[nodiscard]] net::StorageOptions options(std::uint64_t reserve = 512) const {
    return {path, "test", NodeId(1), 64 * 1024, reserve};
  }
  void write(const std::vector<lamport::Record>& records) {
    net::LogStore store(net::real_files(), options(), log);
    for (const auto& record : records) store.append(encoded(record));
    store.write(store.take());
  }
  MessagesHost host(net::LogStore& store) {
    return {io, config, store, log, [this](NodeId, net::Channel, std::string_view bytes) {
              carried.push_back(wire::decode<lamport::Message>(bytes).value());
            }};
  }
};

const lamport::Record bound = lamport::ClockBound{lamport::LamportTime(100)};

TEST_CASE(
    "a log that no machine has written is damaged; one of more members is another cluster's") {
  Desk desk;
  SUBCASE("a gap") {
    desk.write({bound, entry(5, 2, 2)});
    net::LogStore store(net::real_files(), desk.options(), desk.log);
    CHECK_THROWS_WITH_AS((void)desk.host(store),
                         doctest::Contains("a message is missing before one of the same node"),
                         net::LogDamaged);
  }
  SUBCASE("a member that is not there") {
    desk.write({bound, entry(5, 4, 1)});
    net::LogStore store(net::real_files(), desk.options(), desk.log);
    CHECK_THROWS_WITH_AS((void)desk.host(store),
                         doctest::Contains("has one of member 4, and there are 3"),
                         net::LogForeign);
  }
}

TEST_CASE("what was durable is shown from the start, and counts as nothing that happened since") {
  Desk desk;
  desk.write({bound, entry(5, 2, 1), entry(7, 2, 2)});
  net::LogStore store(net::real_files(), desk.options(), desk.log);
  MessagesHost host = desk.host(store);
  int watched = 0;
  host.watch([&](Stamp) { ++watched; });
  host.start();
  CHECK(host.machine().log().order().size() == 2);
  CHECK(host.counts().shown == 0);
  CHECK(watched == 0);
}

TEST_CASE("what arrives after one with a later stamp is remembered as that") {
  Desk desk;
  net::LogStore store(net::real_files(), desk.options(), desk.log);
  MessagesHost host = desk.host(store);
  host.start();
  const auto copies = [](std::vector<Entry> entries) {
    return encoded(lamport::Message(Copies{lamport::LamportTime(50), std::move(entries)}));
  };
  CHECK(host.deliver(NodeId(3), copies({entry(9, 3, 1)})));
  CHECK(host.deliver(NodeId(2), copies({entry(4, 2, 1)})));
  CHECK(host.is_violation(entry(4, 2, 1).stamp));
  CHECK_FALSE(host.is_violation(entry(9, 3, 1).stamp));
  CHECK(host.machine().violations() == 1);
}

TEST_CASE("without room messages are lost, and a leader is still heard") {
  Desk desk;
  net::LogStore store(net::real_files(), desk.options(64 * 1024), desk.log);
  MessagesHost host = desk.host(store);
  host.start();
  REQUIRE_FALSE(host.has_room());
  const lamport::LamportTime time(50);
  CHECK(host.deliver(NodeId(3), encoded(lamport::Message(Copies{time, {entry(9, 3, 1)}}))));
  CHECK(host.machine().log().size() == 0);
  CHECK(host.deliver(NodeId(3), encoded(lamport::Message(lamport::Election{
                                    time, bully::Message(bully::Coordinator{})}))));
  CHECK(host.machine().leader() == NodeId(3));
}

}  // namespace
}  // namespace lockstep::node
