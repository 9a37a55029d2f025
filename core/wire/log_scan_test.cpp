#include "core/wire/log_scan.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "core/base/random.hpp"

namespace lockstep::wire {
namespace {

constexpr std::uint32_t salt = 0x01020304;

// A log of batches of records, as bytes, and where each record begins.
struct Written {
  std::string bytes;
  std::vector<std::size_t> begins;
};
Written written(const std::vector<std::vector<std::string>>& batches) {
  Written log;
  std::string scratch;
  std::uint64_t number = 1;
  std::uint32_t chain = 0;
  for (const auto& batch : batches) {
    std::uint32_t place = 0;
    for (const std::string& bytes : batch) {
      log.begins.push_back(log.bytes.size());
      chain = append_log_record({salt, number++, place++, chain, bytes}, scratch, log.bytes);
    }
  }
  return log;
}

struct Seen {
  LogEnd end;
  std::vector<std::string> records;
};
Seen scan(const std::string& bytes) {
  Seen seen;
  seen.end = scan_log(bytes, {0, salt, 1, 0}, [&](std::size_t, const LogRecord& record) {
    seen.records.emplace_back(record.bytes);
  });
  return seen;
}

TEST_CASE("a whole log is read to its end, zeros behind it or not") {
  Written log = written({{"a", "bb"}, {"ccc"}});
  for (const std::size_t zeros : {0, 1, 3, 4, 1000}) {
    const Seen seen = scan(log.bytes + std::string(zeros, '\0'));
    CHECK(seen.records == std::vector<std::string>{"a", "bb", "ccc"});
    CHECK(seen.end.offset == log.bytes.size());
    CHECK(seen.end.number == 4);
    CHECK(seen.end.reason.empty());
    CHECK_FALSE(seen.end.damaged);
  }
  CHECK(scan("").records.empty());
}

TEST_CASE("a record that would stand before the first of its batch is none, and no crash made it") {
  std::string scratch;
  for (const std::uint32_t place : {0u, 1u, 2u, 3u}) {
    std::string bytes;
    append_log_record({salt, 2, place, 0, "a"}, scratch, bytes);
    const auto read = read_log_record(bytes);
    CHECK(std::holds_alternative<LogFrame>(read) == (place < 2));
    if (const auto* none = std::get_if<NoLogRecord>(&read)) CHECK(none->whole);
  }
}

TEST_CASE("every prefix is a whole log or a torn one, never a damaged one") {
  const Written log = written({{"a", "bb"}, {"ccc"}, {"d", "e", "f"}});
  for (std::size_t size = 0; size <= log.bytes.size(); ++size) {
    const Seen seen = scan(log.bytes.substr(0, size) + std::string(64, '\0'));
    CHECK_FALSE(seen.end.damaged);
    std::size_t whole = 0;
    while (whole < log.begins.size() &&
           (whole + 1 < log.begins.size() ? log.begins[whole + 1] : log.bytes.size()) <= size)
      ++whole;
    CHECK(seen.records.size() == whole);
  }
}

TEST_CASE("any changed byte before the last record is damage; in the last one it looks torn") {
  const Written log = written({{"a", "bb"}, {"ccc"}, {"d", "e", "f"}});
  for (std::size_t at = 0; at < log.bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = log.bytes;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      const Seen seen = scan(bytes + std::string(64, '\0'));
      CHECK(seen.records.size() < 6);
      CHECK(seen.end.damaged == (at < log.begins.back()));
      CHECK_FALSE(seen.end.reason.empty());
    }
  }
}

TEST_CASE("a batch may lack a whole sector in its middle; a later batch behind a gap may not") {
  const std::string large(3 * sector_bytes, 'x');
  Written log = written({{"a"}, {"b", large, "c"}});
  const auto without_sector = [&](std::size_t at) {
    std::string bytes = log.bytes;
    const std::size_t from = (at / sector_bytes + 1) * sector_bytes;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), sector_bytes, '\0');
    return scan(bytes);
  };
  CHECK_FALSE(without_sector(log.begins[2]).end.damaged);
  CHECK(without_sector(log.begins[2]).records == std::vector<std::string>{"a", "b"});
  log = written({{"a"}, {"b", large}, {"c"}});
  CHECK(without_sector(log.begins[2]).end.damaged);
}

TEST_CASE("a record of another log, out of order or twice is damage") {
  const Written log = written({{"a"}, {"b"}, {"c"}});
  const auto record = [&](std::size_t i) {
    const std::size_t next = i + 1 < log.begins.size() ? log.begins[i + 1] : log.bytes.size();
    return log.bytes.substr(log.begins[i], next - log.begins[i]);
  };
  CHECK(scan(record(0) + record(2)).end.damaged);
  CHECK(scan(record(0) + record(0)).end.damaged);
  std::string foreign, scratch;
  append_log_record({salt + 1, 1, 0, 0, "x"}, scratch, foreign);
  CHECK(scan(foreign).end.reason == "a record of another log");
  std::string unchained;
  append_log_record({salt, 1, 0, 7, "x"}, scratch, unchained);
  CHECK(scan(unchained).end.reason == "a record that does not follow the one before it");
}

TEST_CASE("arbitrary bytes are read without harm, and what is believed is a prefix") {
  Random random(1);
  const Written log = written({{"a", "bb"}, {"ccc"}, {"d", "e", "f"}});
  const std::vector<std::string> all{"a", "bb", "ccc", "d", "e", "f"};
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = log.bytes;
    for (std::uint64_t i = random.below(20); i > 0; --i)
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    const Seen seen = scan(bytes);
    REQUIRE(seen.records.size() <= all.size());
    for (std::size_t i = 0; i < seen.records.size(); ++i) REQUIRE(seen.records[i] == all[i]);
  }
}

}  // namespace
}  // namespace lockstep::wire
