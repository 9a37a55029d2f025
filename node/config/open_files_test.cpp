#include "node/config/open_files.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

namespace lockstep::node {
namespace {

TEST_CASE("the limit of open files is raised as far as it may be, and never lowered") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE(before.rlim_max > 300);
  const auto set = [&](rlim_t soft) {
    rlimit limit = before;
    limit.rlim_cur = soft;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  };
  const auto soft = [] {
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    return limit.rlim_cur;
  };
  set(200);
  CHECK(allow_open_files(300) == 300);
  CHECK(soft() == 300);
  CHECK(allow_open_files(100) == 300);
  CHECK(soft() == 300);
  CHECK(allow_open_files(before.rlim_max + 1) == before.rlim_max);
  CHECK(soft() == before.rlim_max);
  set(before.rlim_cur);
}

}  // namespace
}  // namespace lockstep::node
