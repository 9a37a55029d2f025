#include "net/transport/tls.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "net/transport/certificates_for_tests.hpp"
#include "net/transport/transports_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::net;

namespace {

struct CertifiedPair : Certificates {
  Made authority_of_all = authority("all");
  TlsFiles first = node("first", "node-1", authority_of_all, authority_of_all);

  // Node 1 as it should be, node 2 with these files.
  std::unique_ptr<Members> with(const std::optional<TlsFiles>& second) {
    auto members = std::make_unique<Members>(2, [this, second](TransportOptions& options) {
      options.tls = options.self.id == NodeId(1) ? first : second;
      options.handshake_time_out = milliseconds(500);
    });
    members->start(1);
    members->start(2);
    return members;
  }
};

}  // namespace

TEST_CASE("members with certificates of one authority talk through TLS") {
  CertifiedPair pair;
  TlsFiles second;
  SUBCASE("named by the subject") {
    second = pair.node("second", "node-2", pair.authority_of_all, pair.authority_of_all);
  }
  SUBCASE("named beside the subject") {
    second =
        pair.node("second", "a machine", pair.authority_of_all, pair.authority_of_all, "node-2");
  }
  const auto members = pair.with(second);
  REQUIRE(members->connected(1, 2));
  REQUIRE(members->connected(2, 1));
  const std::string large(5'000'000, 'l');
  for (int i = 0; i < 100; ++i) members->send(1, 2, "small");
  members->send(1, 2, large);
  members->send(2, 1, "back");
  REQUIRE(
      members->until([&] { return members->got[2].size() == 101 && !members->got[1].empty(); }));
  CHECK((members->got[2].back().second == large));
  members->stop(2);
  REQUIRE(members->until([&] { return !members->status(1, 2).connected; }));
  members->start(2, 2);
  CHECK(members->connected(1, 2));
}

TEST_CASE("a peer with a wrong certificate is refused by who dials and by who is dialled") {
  CertifiedPair pair;
  const auto refused = [](Members& members, std::string_view dialler_says,
                          std::string_view dialled_says) {
    REQUIRE(members.until(
        [&] { return members.logs[1].has(dialler_says) && members.logs[1].has(dialled_says); }));
    CHECK(!members.status(1, 2).connected);
    CHECK(!members.status(2, 1).connected);
    CHECK(members.logs[2].lines.size() > 0);
  };
  SUBCASE("of another node") {
    const auto members =
        pair.with(pair.node("second", "node-3", pair.authority_of_all, pair.authority_of_all, "*"));
    refused(*members, "refused a peer's certificate", "refused a connection");
    CHECK(members->logs[1].has("its certificate is not one for node-2"));
    CHECK(members->until([&] {
      return members->logs[2].has("refused by a peer") &&
             members->logs[2].has("its certificate is not one for node-2");
    }));
  }
  SUBCASE("of another authority") {
    const auto other = pair.authority("other");
    const auto members = pair.with(pair.node("second", "node-2", other, pair.authority_of_all));
    refused(*members, "refused a peer's certificate", "refused a connection");
    CHECK(members->logs[1].has("unable to get local issuer certificate"));
  }
  SUBCASE("none, and no TLS") {
    const auto members = pair.with(std::nullopt);
    refused(*members, "refused a peer's certificate", "certificate or TLS: ");
  }
}

TEST_CASE("files that are none are named") {
  CertifiedPair pair;
  std::ofstream(pair.path("rubbish.pem")) << "rubbish";
  const auto use = [](const TlsFiles& files) { const Tls tls(files); };
  TlsFiles files = pair.first;
  files.authority = pair.path("rubbish.pem");
  CHECK_THROWS_WITH(use(files), doctest::Contains("rubbish.pem as the authority"));
  files = pair.first;
  files.certificate = pair.path("absent.pem");
  CHECK_THROWS_WITH(use(files), doctest::Contains("absent.pem as this node's certificate"));
  files = pair.first;
  files.key = pair.node("third", "node-3", pair.authority_of_all, pair.authority_of_all).key;
  CHECK_THROWS_WITH(use(files), doctest::Contains("third.key as the key of"));
}
