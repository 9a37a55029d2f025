#include "net/storage/log_store.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "net/storage/inspect.hpp"
#include "net/storage/log_store_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::net;

namespace {

// A folder of the real file system, gone at the end.
struct Folder {
  std::string path = [] {
    std::string name = (std::filesystem::temp_directory_path() / "lockstep_log_XXXXXX").string();
    return std::string(::mkdtemp(name.data()));
  }();
  Folder() = default;
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
  [[nodiscard]] StorageOptions options(std::uint64_t segment_bytes = 64 * 1024) const {
    return {path + "/deep/data", "test", NodeId(1), segment_bytes, 512};
  }
};

std::string sentence(Files& files, const StorageOptions& options) {
  Warnings warnings;
  try {
    const LogStore store(files, options, warnings);
  } catch (const StorageFailed& error) {
    return error.what();
  }
  return "opened";
}

}  // namespace

TEST_CASE("numbers count from 1 in each opening, and everything is there in order") {
  FaultyFiles files;
  Warnings warnings;
  Records all;
  for (int life = 0; life < 50; ++life) {
    LogStore store(files, small_log(1024), warnings);
    CHECK(store.take_recovered() == all);
    CHECK(store.take_recovered().empty());
    CHECK_FALSE(store.has_waiting());
    CHECK(store.append("a" + std::to_string(life)) == 1);
    CHECK(store.append("") == 2);
    CHECK(store.has_waiting());
    const auto batch = store.take();
    CHECK(batch.last == 2);
    CHECK_FALSE(store.has_waiting());
    CHECK(store.append("waits") == 3);
    store.write(batch);
    CHECK(store.take_sync_times().size() == 1);
    CHECK(store.take_sync_times().empty());
    all.push_back("a" + std::to_string(life));
    all.emplace_back();
  }
  CHECK(warnings.messages.empty());
  CHECK(files.names.size() > 1);
}

TEST_CASE("records larger than a segment, and batches larger than several") {
  FaultyFiles files;
  Warnings warnings;
  Records all = some_records(100);
  all.push_back(std::string(20 * 1024 * 1024, 'L'));
  all.emplace_back("after");
  {
    LogStore store(files, small_log(), warnings);
    write_all(store, {"start"});
    write_all(store, all);
    std::uint64_t bytes = 0;
    for (const auto& [name, content] : files.names) bytes += content->now.size();
    CHECK(store.bytes_on_disk() == bytes);
  }
  all.insert(all.begin(), "start");
  CHECK(reopened(files, warnings) == all);
}

TEST_CASE("a folder is locked, and belongs to one node of one cluster") {
  Folder folder;
  Files& files = real_files();
  Warnings warnings;
  auto store = std::make_unique<LogStore>(files, folder.options(), warnings);
  CHECK(sentence(files, folder.options()).find("another process has this") != std::string::npos);
  store.reset();
  StorageOptions other = folder.options();
  other.cluster = "prod";
  CHECK(sentence(files, other).find("of cluster \"test\", not of") != std::string::npos);
  other = folder.options();
  other.node = NodeId(2);
  CHECK(sentence(files, other).find("not of node 2") != std::string::npos);
  CHECK(sentence(files, folder.options()) == "opened");
}

TEST_CASE("a full disk leaves the reserve, and space that comes back is used") {
  FaultyFiles files;
  Warnings warnings;
  LogStore store(files, small_log(), warnings);
  files.space = 6000;
  std::size_t written = 0;
  for (; store.has_room(); ++written) {
    REQUIRE(written < 100);
    write_all(store, {std::string(100, 'x')});
    store.prepare();
  }
  CHECK(files.names.size() == 1);  // nothing unfinished stays
  CHECK(store.is_full());
  write_all(store, {"a vote"});
  CHECK_FALSE(store.has_room());
  files.space = 100000;
  store.prepare();
  CHECK(store.has_room());
  CHECK_FALSE(store.is_full());
  for (int i = 0; i < 10; ++i) write_all(store, {std::string(100, 'y')});
  CHECK(files.names.size() == 2);
}

TEST_CASE(
    "while the next segment is still to be made there may be no room, but the disk is not full") {
  FaultyFiles files;
  Warnings warnings;
  LogStore store(files, small_log(), warnings);
  while (store.has_room()) write_all(store, {std::string(100, 'x')});
  CHECK_FALSE(store.is_full());
  store.prepare();
  CHECK(store.has_room());
  CHECK_FALSE(store.is_full());
}

TEST_CASE("a segment that cannot be made for another reason than space is final") {
  FaultyFiles files;
  Warnings warnings;
  LogStore store(files, small_log(), warnings);
  while (store.has_room()) write_all(store, {std::string(100, 'x')});
  files.fail_at = files.calls + 1;
  CHECK_THROWS_AS(store.prepare(), StorageFailed);
  CHECK_THROWS_AS(store.prepare(), StorageFailed);
  CHECK_FALSE(store.is_full());
}

TEST_CASE("a full disk is final once the reserve is used") {
  FaultyFiles files;
  Warnings warnings;
  files.space = 4096;
  LogStore store(files, small_log(), warnings);
  const auto fill = [&] {
    for (int i = 0; i < 100; ++i) write_all(store, {std::string(100, 'x')});
  };
  CHECK_THROWS_WITH_AS(fill(), doctest::Contains("make space"), StorageFailed);
}

TEST_CASE("what a crash left unfinished is removed") {
  FaultyFiles files;
  Warnings warnings;
  files.create("data/segment-00000001.tmp")->write(0, "half");
  CHECK(reopened(files, warnings).empty());
  CHECK(files.names.size() == 1);
}

TEST_CASE("append, write and prepare on three threads") {
  Folder folder;
  Warnings warnings;
  Records all;
  {
    LogStore store(real_files(), folder.options(), warnings);
    std::atomic<bool> done = false;
    std::thread preparing([&] {
      while (!done) store.prepare();
    });
    for (int batch = 0; batch < 200; ++batch) {
      const auto append = [&] {
        all.push_back(std::string(all.size() % 3000, 'r'));
        store.append(all.back());
      };
      if (!store.has_waiting()) append();
      const auto out = store.take();
      std::thread writing([&] { store.write(out); });
      for (int i = 0; i < 5; ++i) append();
      CHECK_FALSE(store.is_full());
      writing.join();
    }
    store.write(store.take());
    done = true;
    preparing.join();
  }
  CHECK(reopened(real_files(), warnings, folder.options()) == all);
  CHECK(warnings.messages.empty());
}

TEST_CASE("dump and verify look at a log that is in use and change nothing") {
  using Kind = storage::Verdict::Kind;
  Folder folder;
  Warnings warnings;
  LogStore store(real_files(), folder.options(4096), warnings);
  write_all(store, some_records(20));
  const std::string path = folder.options().folder;
  std::vector<std::string> lines;
  const auto shown = storage::dump(
      path, [](std::string_view record) { return "<" + std::string(record.substr(0, 1)) + ">"; },
      [&](std::string_view line) { lines.emplace_back(line); });
  CHECK(shown.kind == Kind::ok);
  REQUIRE(lines.size() == 20);
  CHECK(lines[0] == "segment-00000001 offset 65 record 1 size 39 <b>");
  CHECK(storage::verify(path).text == path + ": ok: node 1 of cluster \"test\", 20 records");
  CHECK(storage::verify(path).bytes == store.bytes_on_disk());
  CHECK(storage::verify(folder.path + "/none").kind == Kind::unreadable);
  CHECK(storage::verify(folder.path).kind == Kind::unreadable);

  const auto overwrite = [&](const std::string& name, int offset) {
    std::fstream file(path + "/" + name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << 'Z';
  };
  overwrite("segment-00000002", 4090);
  CHECK(storage::verify(path).kind == Kind::torn_tail);
  overwrite("segment-00000001", 70);
  CHECK(storage::verify(path).kind == Kind::damaged);
  CHECK(storage::verify(path).text.find("segment-00000001: damaged at offset 65") !=
        std::string::npos);
}
