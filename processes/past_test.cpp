#include "processes/past.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "core/wire/codec.hpp"
#include "net/storage/log_store.hpp"

namespace lockstep::processes {
namespace {

struct Silent final : net::Log {
  void write(net::Level, std::string_view, std::vector<net::Field>) override {}
};

TEST_CASE("a node finds the past that was laid down for it, and only that") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("past-test-" + std::to_string(getpid()));
  raft::Record record;
  record.term = raft::Term(7);
  record.vote = NodeId(2);
  record.first = raft::LogIndex(1);
  for (const std::uint64_t term : {1, 1, 4})
    record.entries.push_back(
        raft::Entry{.term = raft::Term(term), .kind = raft::EntryKind::noop, .command = {}});
  lay_down_past(folder.string(), "c", NodeId(3), record);
  {
    Silent log;
    net::StorageOptions options;
    options.folder = folder.string();
    options.cluster = "c";
    options.node = NodeId(3);
    net::LogStore store(net::real_files(), options, log);
    const auto found = store.take_recovered();
    REQUIRE(found.size() == 1);
    CHECK(wire::decode<raft::Record>(found[0]) == record);
    options.node = NodeId(1);
    CHECK_THROWS_AS(net::LogStore(net::real_files(), options, log), net::StorageFailed);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lockstep::processes
