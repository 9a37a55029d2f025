#include "node/server/envelope.hpp"

#include <doctest/doctest.h>

#include "core/wire/codec.hpp"

namespace lockstep::node {
namespace {

TEST_CASE("a parcel is written as the codec writes it, and read as the codec reads it") {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 70'000U}) {
    const Parcel parcel{Guest::files, std::string(size, 'x')};
    std::string written, encoded;
    append_parcel(parcel.guest, parcel.message, written);
    wire::encode(Envelope(parcel), encoded);
    CHECK((written == encoded));
    const auto read = read_parcel(written);
    REQUIRE(read);
    CHECK(read->guest == parcel.guest);
    CHECK((read->message == parcel.message));
    CHECK_FALSE(read_parcel(written + "x"));
    CHECK_FALSE(read_parcel(std::string_view(written).substr(0, written.size() - 1)));
  }
  CHECK_FALSE(read_parcel(std::string("\x03\x09\x00", 3)));  // of no guest
  std::string other;
  wire::encode(Envelope(Asked{}), other);
  CHECK_FALSE(read_parcel(other));
}

}  // namespace
}  // namespace lockstep::node
