#include "net/storage/open_segment.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "net/storage/faulty_files_for_tests.hpp"

namespace lockstep::net::storage {
namespace {

constexpr std::uint64_t file_size = 5 * block_bytes + 100;  // the last block is a part of one

std::string some_bytes(std::size_t count, char first) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(first + i % 7);
  return bytes;
}

std::unique_ptr<File> zeros(Files& files, const std::string& path) {
  auto file = files.create(path);
  file->write(0, std::string(file_size, '\0'));
  file->sync();
  return file;
}

std::string whole(std::string bytes) {
  bytes.resize(file_size);
  return bytes;
}

TEST_CASE("frames of any length stand behind each other, zeros behind them; also after reopening") {
  for (const std::size_t step : {1u, 511u, 4095u, 4096u, 4097u, 9000u}) {
    CAPTURE(step);
    FaultyFiles files;
    OpenSegment segment(zeros(files, "a"), 1, file_size, 0);
    std::string all;
    const std::size_t most = std::min<std::size_t>(file_size, 300 * step);
    for (char first = 'a'; all.size() < most; first = first == 'p' ? 'a' : first + 1) {
      const std::string frames = some_bytes(std::min(step, file_size - all.size()), first);
      segment.append(frames);
      all += frames;
      CHECK(segment.used() == all.size());
      REQUIRE(files.at("a").durable == whole(all));
      if (first == 'h') segment = OpenSegment(files.open("a"), 1, file_size, all.size());
    }
    CHECK(files.at("a").now.size() == file_size);
  }
}

TEST_CASE("what was synced is there whatever a power cut keeps of the next write") {
  const std::string synced = some_bytes(700, 'a'), next = some_bytes(6000, 'p');
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    FaultyFiles files;
    files.random = Random(seed);
    {
      OpenSegment segment(zeros(files, "a"), 1, file_size, 0);
      files.sync_folder("");
      segment.append(synced);
      files.fail_at = files.calls + 1 + seed % 2;  // the write, or its sync
      CHECK_THROWS_AS(segment.append(next), FileError);
      files.fail_at = 0;
    }
    files.cut_power();
    const std::string& left = files.at("a").now;
    REQUIRE(left.substr(0, synced.size()) == synced);
    REQUIRE(left.substr(synced.size() + next.size()) ==
            std::string(file_size - synced.size() - next.size(), '\0'));
  }
}

TEST_CASE("a file of this machine takes blocks and parts of them alike") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("lockstep_blocks_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    auto file = zeros(real_files(), folder / "a");
    Blocks two(2);
    std::fill_n(bytes_of(two), 2 * block_bytes, 'x');
    file->write(block_bytes, first_bytes(two, 2 * block_bytes));
    CHECK(is_whole_blocks(block_bytes, first_bytes(two, 2 * block_bytes)));
    file->write(block_bytes + 10, "parts");
    file->write(3 * block_bytes, first_bytes(two, block_bytes));
    file->sync();
    std::string expected(block_bytes, '\0');
    expected += std::string(3 * block_bytes, 'x');
    expected.replace(block_bytes + 10, 5, "parts");
    CHECK(file->read(0, file_size) == whole(expected));
    CHECK(real_files().open(folder / "a")->read(0, file_size) == whole(expected));
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lockstep::net::storage
