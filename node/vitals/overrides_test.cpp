#include "node/vitals/overrides.hpp"

#include <doctest/doctest.h>

namespace lockstep::node {
namespace {

using Refused = std::variant<VitalsChange, std::string>;

VitalsChange read(const char* body) {
  const auto parsed = parse_vitals(body);
  const auto* refusal = std::get_if<std::string>(&parsed);
  REQUIRE_MESSAGE(refusal == nullptr, *refusal);
  return std::get<VitalsChange>(parsed);
}

template <class T>
Change<T> nothing() {
  return std::optional<T>();
}

TEST_CASE("what an operator says of a node") {
  CHECK(read("{}") == VitalsChange{});
  VitalsChange all;
  all.cpu = 930;
  all.memory = 500;
  all.load = 200;
  all.disk_latency = milliseconds(40);
  all.visits = 3;
  all.beds_free = 2;
  all.beds_total = 20;
  all.doctors_free = 1;
  all.doctors_total = 4;
  all.critical = 1;
  CHECK(read(R"({"cpu": 0.93, "memory": 0.5, "load": 0.2, "disk_latency_ms": 40,
                 "visits": 3, "beds_free": 2, "beds_total": 20, "doctors_free": 1,
                 "doctors_total": 4, "critical": 1})") == all);
  VitalsChange none;
  none.cpu = none.memory = none.load = nothing<std::uint32_t>();
  none.disk_latency = nothing<Duration>();
  none.visits = none.beds_free = none.beds_total = nothing<std::uint32_t>();
  none.doctors_free = none.doctors_total = none.critical = nothing<std::uint32_t>();
  CHECK(read(R"({"cpu": null, "memory": null, "load": null, "disk_latency_ms": null,
                 "visits": null, "beds_free": null, "beds_total": null, "doctors_free": null,
                 "doctors_total": null, "critical": null})") == none);
}

TEST_CASE("the ends of each range") {
  CHECK(*read(R"({"cpu": 0})").cpu == 0);
  CHECK(*read(R"({"cpu": -0.0})").cpu == 0);
  CHECK(*read(R"({"cpu": 1})").cpu == 1000);
  CHECK(*read(R"({"load": 0.0004})").load == 0);
  CHECK(*read(R"({"load": 0.0005})").load == 1);
  CHECK(*read(R"({"memory": 9.999e-1})").memory == 1000);
  CHECK(*read(R"({"disk_latency_ms": 0.0625})").disk_latency == microseconds(63));
  CHECK(*read(R"({"disk_latency_ms": 3600000})").disk_latency == seconds(3600));
  CHECK(*read(R"({"visits": 1000000})").visits == 1'000'000);
}

TEST_CASE("what is refused, and how") {
  struct Case {
    const char* body;
    const char* refusal;
  };
  constexpr auto no_object =
      R"(the body is one JSON object, as {"cpu": 0.93}; see docs/election.md)";
  const Case cases[] = {
      {"", no_object},
      {"cpu=1", no_object},
      {"[]", no_object},
      {"null", no_object},
      {R"({"cpu": 0.1)", no_object},
      {R"({"cpu": 0.1} x)", no_object},
      {R"({"cpu": 1e999})", no_object},
      {"{\"\xff\": 1}", no_object},
      {R"({"cpu": 1.001})", "cpu: expected a number from 0 to 1 or null, found 1.001"},
      {R"({"cpu": -0.1})", "cpu: expected a number from 0 to 1 or null, found -0.1"},
      {R"({"memory": 93})", "memory: expected a number from 0 to 1 or null, found 93"},
      {R"({"load": true})", "load: expected a number from 0 to 1 or null, found true"},
      {R"({"load": "0.5"})", R"(load: expected a number from 0 to 1 or null, found "0.5")"},
      {R"({"load": {"a": 1}})", "load: expected a number from 0 to 1 or null, found an object"},
      {R"({"load": [1]})", "load: expected a number from 0 to 1 or null, found a list"},
      {R"({"disk_latency_ms": -1})",
       "disk_latency_ms: expected a number from 0 to 3600000 or null, found -1"},
      {R"({"disk_latency_ms": 3600000.5})",
       "disk_latency_ms: expected a number from 0 to 3600000 or null, found 3600000.5"},
      {R"({"visits": 1000001})",
       "visits: expected a whole number from 0 to 1000000 or null, found 1000001"},
      {R"({"visits": 18446744073709551615})",
       "visits: expected a whole number from 0 to 1000000 or null, found 18446744073709551615"},
      {R"({"beds_free": -1})",
       "beds_free: expected a whole number from 0 to 1000000 or null, found -1"},
      {R"({"critical": 1.0})",
       "critical: expected a whole number from 0 to 1000000 or null, found 1.0"},
      {R"({"disk_latency": 4})",
       R"("disk_latency" is no key of vitals; did you mean disk_latency_ms?)"},
      {R"({"mem": 0.5})", R"("mem" is no key of vitals; did you mean memory?)"},
      {R"({"nurses": 5})",
       R"("nurses" is no key of vitals; known: cpu, memory, load, disk_latency_ms, visits, )"
       "beds_free, beds_total, doctors_free, doctors_total, critical"},
      {R"({"": 5})",
       R"("" is no key of vitals; known: cpu, memory, load, disk_latency_ms, visits, )"
       "beds_free, beds_total, doctors_free, doctors_total, critical"},
      {R"({"cpu": 0.1, "load": 0.2, "cpu": 0.9})", R"("cpu" is said twice)"},
      {R"({"cpu": 0.1, "memory": 2})", "memory: expected a number from 0 to 1 or null, found 2"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.body);
    CHECK(parse_vitals(one.body) == Refused(one.refusal));
  }
  const std::string deep = R"({"cpu": )" + std::string(100'000, '[');
  CHECK(parse_vitals(deep) == Refused(no_object));
}

TEST_CASE("what is set counts until it is measured again; what is left out stays") {
  const Vitals measured{1, 2, 3, milliseconds(4)};
  VitalsOverrides overrides;
  const auto merge = [&](const char* body) {
    CHECK(std::holds_alternative<bully::Hospital>(overrides.merge(read(body))));
  };
  using Names = std::vector<std::string_view>;
  CHECK(overrides.apply(measured) == measured);
  CHECK(overrides.names() == Names{});
  merge(R"({"cpu": 0.9, "disk_latency_ms": 40})");
  CHECK(overrides.apply(measured) == Vitals{900, 2, 3, milliseconds(40)});
  CHECK(overrides.names() == Names{"cpu", "disk_latency"});
  merge(R"({"memory": 0, "load": 1})");
  CHECK(overrides.apply(measured) == Vitals{900, 0, 1000, milliseconds(40)});
  CHECK(overrides.names() == Names{"cpu", "memory", "load", "disk_latency"});
  merge(R"({"cpu": null, "load": null, "beds_free": 5})");
  CHECK(overrides.apply(measured) == Vitals{1, 0, 3, milliseconds(40)});
  CHECK(overrides.names() == Names{"memory", "disk_latency"});
}

TEST_CASE("the hospital that a change leaves") {
  using Merged = std::variant<bully::Hospital, std::string>;
  VitalsOverrides overrides;
  const auto merge = [&](const char* body) { return overrides.merge(read(body)); };
  CHECK(merge("{}") == Merged(bully::Hospital{}));
  const bully::Hospital beds{.visits = 3, .beds_free = 2};  // of how many is not known
  CHECK(merge(R"({"visits": 3, "beds_free": 2})") == Merged(beds));
  CHECK(merge(R"({"beds_total": 1, "cpu": 0.5, "critical": 9})") ==
        Merged("beds_free: 2 of 1 beds cannot be free"));
  CHECK(overrides.hospital() == beds);
  CHECK(overrides.names().empty());
  const bully::Hospital full{
      .visits = 3, .beds_total = 1, .doctors_free = 4, .doctors_total = 4, .critical = 9};
  CHECK(merge(R"({"beds_total": 1, "beds_free": 0, "doctors_free": 4, "doctors_total": 4,
                  "critical": 9})") == Merged(full));
  CHECK(merge(R"({"doctors_free": 5})") == Merged("doctors_free: 5 of 4 doctors cannot be free"));
  CHECK(merge(R"({"doctors_total": 0})") == Merged("doctors_free: 4 of 0 doctors cannot be free"));
  CHECK(merge(R"({"beds_total": null, "beds_free": 7, "visits": null})") ==
        Merged(
            bully::Hospital{.beds_free = 7, .doctors_free = 4, .doctors_total = 4, .critical = 9}));
  CHECK(overrides.hospital().beds_free == 7);
}

}  // namespace
}  // namespace lockstep::node
