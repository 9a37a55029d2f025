#include "sim/fuzz/fingerprint.hpp"

#include <doctest/doctest.h>

namespace lockstep::sim {
namespace {

Outcome violated(std::string rule, std::string text) {
  Outcome outcome;
  outcome.verdict = RunVerdict::violated;
  outcome.reasons = {rule + ": " + text};
  outcome.violations = {{std::move(rule), std::move(text), NodeId(1), Instant()}};
  return outcome;
}

TEST_CASE("the shape of a text leaves out who and how much") {
  CHECK(shape_of("n1 and n12 both lead term 7") == "# and # both lead term #");
  CHECK(shape_of("n3 and n4 both lead term 12") == shape_of("n1 and n12 both lead term 7"));
  CHECK(shape_of("key k1: \"a \" is lost after 1.5 s") == "key k#: # is lost after # s");
  CHECK(shape_of("open \"quote") == "open ");
}

TEST_CASE("the shape of a failed check is its place and claim") {
  CHECK(shape_of("a/b/log.cpp:12: an index is in the log on received n1 vote{term=3}") ==
        "log.cpp:12: an index is in the log");
  CHECK(shape_of("a/b/log.hpp:12: it holds") == "log.hpp:12: it holds");
}

TEST_CASE("the first violation of a run is its end") {
  CHECK(end_of(Outcome{}).kind == RunEnd::Kind::passed);
  Outcome outcome = violated("log matching", "n1 holds 3");
  outcome.violations.push_back({"recovery", "none", nobody, Instant()});
  const RunEnd end = end_of(outcome);
  CHECK(end.kind == RunEnd::Kind::violated);
  CHECK(end.rule == "log matching");
  CHECK(end.text == "n1 holds 3");
  CHECK(end.fingerprint == "log matching: # holds #");
  CHECK(end.finding());
}

TEST_CASE("a history has one way not to be linearizable, and a cluster one not to recover") {
  CHECK(end_of(violated("linearizability", "x")).fingerprint ==
        end_of(violated("linearizability", "y")).fingerprint);
  CHECK(end_of(violated("recovery", "x")).fingerprint == "recovery");
  CHECK(end_of(violated("log matching", "x")).fingerprint !=
        end_of(violated("log matching", "y")).fingerprint);
}

TEST_CASE("an undecided run is no finding; what befalls a process is") {
  Outcome outcome;
  outcome.verdict = RunVerdict::undecided;
  outcome.reasons = {"linearizability: not decided"};
  CHECK(end_of(outcome).kind == RunEnd::Kind::undecided);
  CHECK_FALSE(end_of(outcome).finding());
  CHECK(died_end(11).fingerprint == "signal 11");
  CHECK(died_end(11).finding());
  CHECK(hung_end().finding());
  CHECK(failed_end("no room for 12 bytes").fingerprint ==
        failed_end("no room for 9 bytes").fingerprint);
}

}  // namespace
}  // namespace lockstep::sim
