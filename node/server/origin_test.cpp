#include "node/server/origin.hpp"

#include <doctest/doctest.h>

namespace lockstep::node {
namespace {

Config three_members() {
  Config config;
  for (std::uint32_t id = 1; id <= 3; ++id) {
    Member member{NodeId(id), {}, {"node-" + std::to_string(id), 7000}};
    config.members.push_back(member);
  }
  config.members[2].api = {"::1", 7003};
  return config;
}

bool passes(const char* host, std::vector<std::pair<std::string, std::string>> headers) {
  net::HttpRequest request;
  request.method = "POST";
  request.headers = std::move(headers);
  request.headers.emplace_back("host", host);
  return cross_site_reason(request, three_members()).empty();
}
bool page_passes(const char* origin, const char* host = "node-1:7000") {
  return passes(host, {{"origin", origin}});
}

TEST_CASE("whoever is no browser says nothing of pages, and passes") {
  CHECK(passes("node-1:7000", {}));
}

TEST_CASE("the node's own page passes, by whatever name it was opened") {
  CHECK(page_passes("http://node-1:7000"));
  CHECK(page_passes("http://LAB.example:8080", "lab.example:8080"));
  CHECK(page_passes("https://lab.example", "lab.example"));
  CHECK(page_passes("https://lab.example", "lab.example:443"));
  CHECK(page_passes("http://localhost:9000", "127.0.0.1:9000"));
  CHECK(page_passes("http://[::1]:9000", "[::1]:9000"));
}

TEST_CASE("so do pages of members") {
  CHECK(page_passes("http://node-2:7000"));
  CHECK(page_passes("http://[::1]:7003"));
  CHECK(page_passes("http://localhost:7003"));
}

TEST_CASE("pages of others do not, however near they look") {
  for (const char* origin :
       {"http://evil.example", "http://evil.example:7000", "http://node-2:7001", "https://node-2",
        "http://node-1:7000.evil.example", "http://node-1", "null", "", "file://", "node-1:7000",
        "http://localhost:8080", "http://node-2:7000@evil.example"})
    CHECK_MESSAGE(!page_passes(origin), origin);
  net::HttpRequest request;
  request.headers = {{"origin", "http://evil.example"}};
  CHECK(cross_site_reason(request, three_members())
            .starts_with("cross_site: a page of http://evil.example "));
}

TEST_CASE("without an Origin a browser's word on the site counts") {
  CHECK_FALSE(passes("node-1:7000", {{"sec-fetch-site", "cross-site"}}));
  for (const char* site : {"same-origin", "same-site", "none"})
    CHECK(passes("node-1:7000", {{"sec-fetch-site", site}}));
  CHECK(
      passes("node-1:7000", {{"origin", "http://node-2:7000"}, {"sec-fetch-site", "cross-site"}}));
}

}  // namespace
}  // namespace lockstep::node
