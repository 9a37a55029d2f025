#include "node/guest/kinds.hpp"

#include <doctest/doctest.h>

namespace lockstep::node {
namespace {

TEST_CASE("a call belongs to one guest or to none") {
  CHECK(guest_of("/v1/election/status") == Guest::election);
  CHECK(guest_of("/v1/guarded/key") == Guest::election);
  CHECK(guest_of("/v1/admin/vitals") == Guest::election);
  CHECK(guest_of("/v1/messages") == Guest::messages);
  CHECK(guest_of("/v1/lamport") == Guest::messages);
  CHECK(guest_of("/v1/directory/login") == Guest::files);
  CHECK(guest_of("/v1/files/a.txt/fetch") == Guest::files);
  CHECK(guest_of("/v1/search") == Guest::files);
  CHECK_FALSE(guest_of("/v1/searches"));
  CHECK_FALSE(guest_of("/v1/messages/1"));
  CHECK_FALSE(guest_of("/v1/admin/vitals/more"));
  CHECK_FALSE(guest_of("/v1/election"));
  CHECK_FALSE(guest_of("/v1/kv/key"));
  CHECK_FALSE(guest_of(""));
}

}  // namespace
}  // namespace lockstep::node
