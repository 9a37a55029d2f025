#include "sim/protocols/raft_format.hpp"

#include <doctest/doctest.h>

#include "sim/protocols/bully_format.hpp"
#include "sim/scenario/parse.hpp"
#include "sim/scenario/says_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

Scenario scenario(const std::string& more, const std::string& protocol = "raft") {
  return parse_scenario(
      "f.json", "{\"format\": 1, \"title\": \"t\", \"nodes\": 3, \"protocol\": \"" + protocol +
                    "\"" + more + "}");
}

std::string raft_error_of(const std::string& more, const std::string& protocol = "raft") {
  try {
    (void)scenario(more, protocol);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("raft config: defaults and every key") {
  CHECK(raft_settings(scenario("")).raft == raft::Config{});
  const RaftSettings settings = raft_settings(scenario(R"(, "config": {
    "election_timeout": "1..2 s", "heartbeat": "100 ms", "pre_vote": false, "sticky": false,
    "check_quorum": false, "reads": "local", "sessions": false, "max_entries_per_message": 1,
    "max_bytes_per_message": "1 KiB", "max_entries_in_flight": 2, "max_bytes_in_flight": "2 KiB",
    "max_uncommitted_bytes": "3 KiB"})"));
  CHECK(settings.raft.election_timeout_low == seconds(1));
  CHECK(settings.raft.election_timeout_high == seconds(2));
  CHECK(settings.raft.heartbeat == milliseconds(100));
  CHECK_FALSE(settings.raft.pre_vote);
  CHECK_FALSE(settings.raft.sticky);
  CHECK_FALSE(settings.raft.check_quorum);
  CHECK_FALSE(settings.read_index);
  CHECK_FALSE(settings.sessions);
  CHECK(settings.raft.max_entries_per_message == 1);
  CHECK(settings.raft.max_bytes_per_message == 1024);
  CHECK(settings.raft.max_entries_in_flight == 2);
  CHECK(settings.raft.max_bytes_in_flight == 2048);
  CHECK(settings.raft.max_uncommitted_bytes == 3072);
  CHECK(says(raft_error_of(R"(, "config": {"election_timeout": "50..300 ms"})"),
             "config.election_timeout: the heartbeat, 50 ms, must be below"));
  CHECK(says(raft_error_of(R"(, "config": {"max_entries_per_message": 0})"), "out of bounds"));
  CHECK(says(raft_error_of(R"(, "config": {"reads": "lease"})"), "'lease' is not known"));
}

TEST_CASE("raft setup: what is on the disks before the start") {
  const RaftSetup setup = raft_setup(scenario(R"(, "setup": {
    "logs": {"n1": "1 1 4", "n2": ""}, "terms": {"n1": 6, "n2": 2}, "votes": {"n1": "n3"}})"));
  REQUIRE(setup.durable.size() == 3);
  REQUIRE(setup.durable[0].has_value());
  CHECK(setup.durable[0]->term == raft::Term(6));
  CHECK(setup.durable[0]->vote == NodeId(3));
  CHECK(setup.durable[0]->first == raft::LogIndex(1));
  REQUIRE(setup.durable[0]->entries.size() == 3);
  CHECK(setup.durable[0]->entries[2].term == raft::Term(4));
  CHECK(setup.durable[1]->term == raft::Term(2));
  CHECK(setup.durable[1]->first == raft::LogIndex(0));
  CHECK_FALSE(setup.durable[2].has_value());

  CHECK(says(raft_error_of(R"(, "setup": {"logs": {"n1": "2 1"}})"), "term 1 after term 2"));
  CHECK(says(raft_error_of(R"(, "setup": {"logs": {"n1": "1 x"}})"),
             "wants the terms of the entries"));
  CHECK(says(raft_error_of(R"(, "setup": {"logs": {"n1": "0"}})"), "each at least 1"));
  CHECK(says(raft_error_of(R"(, "setup": {"logs": {"n4": "1"}})"),
             "setup.logs.n4: 'n4' is not a node"));
  CHECK(says(raft_error_of(R"(, "setup": {"logs": {"n1": "5"}, "terms": {"n1": 4}})"),
             "below the last term of its log, 5"));
  CHECK(says(raft_error_of(R"(, "setup": {"votes": {"n1": "n2"}})"), "a vote needs a term"));
  CHECK(says(raft_error_of(R"(, "setup": {"log": {}})"), "did you mean 'logs'?"));
}

TEST_CASE("bully config") {
  CHECK(bully_settings(scenario("", "bully")) == bully::Config{});
  const bully::Config config = bully_settings(scenario(
      R"(, "config": {"heartbeat": "1 s", "heartbeat_timeout": "3 s", "answer_timeout": "2 s",
          "coordinator_timeout": "5 s", "start_with_highest": true})",
      "bully"));
  CHECK(config.heartbeat == seconds(1));
  CHECK(config.coordinator_timeout == seconds(5));
  CHECK(config.start_with_highest);
  CHECK(says(raft_error_of(R"(, "config": {"heartbeat": "1 s"})", "bully"), "must be below"));
  CHECK(says(raft_error_of(R"(, "config": {"answer_timeout": "1 s"})", "bully"), "must be below"));
  CHECK(says(raft_error_of(R"(, "setup": {"logs": {}})", "bully"), "unknown key 'logs'"));
}

TEST_CASE("every word of a protocol stands once") {
  for (const ProtocolFormat& format : protocol_formats()) {
    for (const auto* words :
         {&format.roles, &format.verbs, &format.operations, &format.witnesses, &format.rules}) {
      for (std::size_t i = 0; i < words->size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) CHECK((*words)[i] != (*words)[k]);
      }
    }
  }
}
