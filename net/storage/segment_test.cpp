// The header of a segment: read as it was written, whatever the cluster is called; and how much is
// told to be torn behind its records.
#include "net/storage/segment.hpp"

#include <doctest/doctest.h>

#include <string>

#include "net/storage/scan.hpp"

namespace lockstep::net::storage {
namespace {

std::string frame_of(const Header& header) {
  std::string bytes;
  append_header(header, bytes);
  return bytes;
}

TEST_CASE("a header comes back, also without a name of the cluster") {
  for (const char* cluster : {"", "c", "a longer name"}) {
    CAPTURE(cluster);
    const Header header{segment_version, 7, 3, 4096, 17, 9, 2, cluster};
    const std::string bytes = frame_of(header);
    CHECK(bytes.size() == header_size(cluster));
    const auto read = read_header(bytes + "what follows");
    const auto* found = std::get_if<ReadHeader>(&read);
    REQUIRE(found != nullptr);
    CHECK(found->size == bytes.size());
    CHECK(found->value.salt == 7);
    CHECK(found->value.segment == 3);
    CHECK(found->value.size == 4096);
    CHECK(found->value.first == 17);
    CHECK(found->value.chain == 9);
    CHECK(found->value.node == 2);
    CHECK(found->value.cluster == cluster);
  }
}

TEST_CASE("of a torn tail those bytes are counted that are not zero, and none before it") {
  std::string bytes = frame_of({segment_version, 7, 1, 200, 1, 0, 2, "c"}), scratch;
  wire::append_log_record({7, 1, 0, 0, std::string("r\0\0\0", 4)}, scratch, bytes);
  const auto torn = [](const std::string& file) {
    return scan(
               "log", {segment_name(1)}, [&](const std::string&) { return file; },
               [](const Place&, const Record&) {})
        .torn;
  };
  CHECK_FALSE(torn(bytes + std::string(200 - bytes.size(), '\0')).has_value());
  const auto nothing = torn(bytes);  // shorter than it was made
  REQUIRE(nothing.has_value());
  CHECK(nothing->at.offset == bytes.size());
  CHECK(nothing->bytes == 0);
  const auto some = torn(bytes + std::string("\0\0x\0", 4));
  REQUIRE(some.has_value());
  CHECK(some->at.offset == bytes.size());
  CHECK(some->bytes == 3);
}

TEST_CASE("what is no header is refused, and a crash is told from a mistake") {
  const std::string bytes = frame_of({segment_version, 7, 3, 4096, 17, 9, 2, "c"});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = read_header(std::string_view(bytes).substr(0, size));
    REQUIRE(std::holds_alternative<Bad>(read));
    CHECK_FALSE(std::get<Bad>(read).whole);
  }
  std::string record, scratch;
  wire::append_log_record({7, 1, 0, 0, std::string(100, 'r')}, scratch, record);
  const auto read = read_header(record);
  REQUIRE(std::holds_alternative<Bad>(read));
  CHECK(std::get<Bad>(read).whole);
}

}  // namespace
}  // namespace lockstep::net::storage
