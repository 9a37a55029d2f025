#include <doctest/doctest.h>

#include "net/storage/log_store_for_tests.hpp"
#include "net/storage/segment.hpp"

using namespace lockstep;
using namespace lockstep::net;

namespace {

const std::string first = "data/segment-00000001";
const std::string second = "data/segment-00000002";

// Three batches, of 1, 3 and 2 records, the last of them in the second segment.
const Records written = {
    "alpha", std::string(300, 'b'), "gamma", std::string(100, 'd'), std::string(600, 'e'), "zeta"};

FaultyFiles short_log() {
  FaultyFiles files;
  Warnings warnings;
  LogStore store(files, small_log(1024), warnings);
  write_all(store, {written[0]});
  write_all(store, {written[1], written[2], written[3]});
  store.prepare();
  write_all(store, {written[4], written[5]});
  return files;
}

struct Result {
  Records records;
  std::string refused;  // why
  bool warned = false;
};
// Of a log that is `change`d in one file.
Result opened(const std::string& file, const std::function<void(std::string&)>& change) {
  const FaultyFiles whole = short_log();
  FaultyFiles files;
  for (const auto& [name, content] : whole.names) {
    files.names[name] = std::make_shared<FaultyFiles::Content>(*content);
  }
  change(files.at(file).now);
  Result result;
  Warnings warnings;
  try {
    result.records = reopened(files, warnings, small_log(1024));
    CHECK(is_prefix(result.records, written));
    Warnings none;
    CHECK(reopened(files, none, small_log(1024)) == result.records);
    if (!warnings.messages.empty() && file == second) CHECK(none.messages.empty());
  } catch (const LogDamaged& error) {
    result.refused = error.what();
  }
  result.warned = !warnings.messages.empty();
  return result;
}

std::size_t used(const std::string& bytes) { return bytes.find_last_not_of('\0') + 1; }

}  // namespace

TEST_CASE("a log that ends anywhere gives a prefix and says so, or names the damage") {
  const std::size_t size = short_log().at(second).now.size();
  const std::size_t end = used(short_log().at(second).now);
  for (std::size_t at = 0; at < size; ++at) {
    CAPTURE(at);
    const Result shorter = opened(second, [&](std::string& bytes) { bytes.resize(at); });
    const Result zeros =
        opened(second, [&](std::string& bytes) { bytes.replace(at, size - at, size - at, '\0'); });
    for (const Result& result : {shorter, zeros}) {
      CHECK(result.refused.empty());
      CHECK(result.records.size() >= 4);
      if (at >= end) CHECK(result.records == written);
    }
    if (at > 0) CHECK(shorter.warned);
    CHECK((zeros.records == shorter.records));
  }
}

TEST_CASE("the first segment, cut anywhere below what a later one builds on, is damage") {
  const std::size_t size = short_log().at(first).now.size();
  const std::size_t end = used(short_log().at(first).now);
  for (std::size_t at = 0; at < end; ++at) {
    CAPTURE(at);
    const Result result =
        opened(first, [&](std::string& bytes) { bytes.replace(at, size - at, size - at, '\0'); });
    CHECK(result.refused.find(first + ": damaged at offset ") != std::string::npos);
  }
}

TEST_CASE("a flipped bit is refused with its place, or costs at most the last record") {
  for (const std::string& file : {first, second}) {
    const std::string whole = short_log().at(file).now;
    const std::size_t end = used(whole);
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      CAPTURE(file);
      CAPTURE(bit);
      const Result result = opened(file, [&](std::string& bytes) {
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
      });
      if (!result.refused.empty()) {
        CHECK(bit / 8 < end);
        CHECK(result.refused.find(file + ": damaged at offset ") != std::string::npos);
      } else {
        CHECK(result.warned);
        CHECK(result.records.size() >= written.size() - 1);
        if (bit / 8 >= end)
          CHECK(result.records == written);
        else
          CHECK(file == second);
      }
    }
  }
}

TEST_CASE("swapped records and a missing segment are damage") {
  FaultyFiles files;
  Warnings warnings;
  {
    LogStore store(files, small_log(1024), warnings);
    for (const std::string& record : some_records(20, 50)) write_all(store, {record});
  }
  SUBCASE("swapped") {
    std::string& bytes = files.at(first).now;
    const std::size_t start = storage::header_size("test");
    const std::size_t one = storage::first_size(std::string_view(bytes).substr(start));
    const std::size_t two = storage::first_size(std::string_view(bytes).substr(start + one));
    bytes = bytes.substr(0, start) + bytes.substr(start + one, two) + bytes.substr(start, one) +
            bytes.substr(start + one + two);
  }
  SUBCASE("missing in the middle") { files.remove(second); }
  SUBCASE("missing at the start") { files.remove(first); }
  SUBCASE("empty in the middle") { files.at(second).now.assign(1024, '\0'); }
  CHECK_THROWS_AS((void)reopened(files, warnings, small_log(1024)), LogDamaged);
}

TEST_CASE("a record or segment of another log is not believed") {
  FaultyFiles ours, other;
  Warnings warnings;
  for (FaultyFiles* files : {&ours, &other}) {
    LogStore store(*files, small_log(), warnings);
    write_all(store, {"one"});
    if (files == &other) write_all(store, {"two"});
  }
  const std::size_t at = used(ours.at(first).now);
  std::string& bytes = ours.at(first).now;
  bytes.replace(at, bytes.size() - at, other.at(first).now.substr(at));
  CHECK_THROWS_AS((void)reopened(ours, warnings), LogDamaged);
}

TEST_CASE("sectors lost from an unsynced batch are a torn tail, from a synced one damage") {
  FaultyFiles files;
  Warnings warnings;
  const Records batch = {std::string(1500, 'x'), "behind"};
  {
    LogStore store(files, small_log(), warnings);
    write_all(store, {"one"});
    write_all(store, batch);
  }
  SUBCASE("the last batch") {
    files.at(first).now.replace(512, 512, 512, '\0');
    CHECK(reopened(files, warnings) == Records{"one"});
    CHECK(warnings.messages.size() == 1);
  }
  SUBCASE("a batch with one behind it") {
    {
      LogStore store(files, small_log(), warnings);
      write_all(store, {"later"});
    }
    files.at(first).now.replace(512, 512, 512, '\0');
    CHECK_THROWS_AS((void)reopened(files, warnings), LogDamaged);
  }
}
