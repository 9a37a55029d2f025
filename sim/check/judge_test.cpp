#include "sim/check/judge.hpp"

#include <doctest/doctest.h>

#include "sim/check/histories_for_tests.hpp"
#include "sim/check/histories_of_others.hpp"

using namespace lockstep;
using namespace lockstep::sim;
using for_tests::Written;

namespace {

HistoryOperation with_parts(int from, int to, std::vector<HistoryOperation::Part> parts) {
  HistoryOperation operation;
  operation.verb = "txn";
  operation.parts = std::move(parts);
  operation.invoked = Instant(from);
  operation.returned = Instant(to);
  operation.outcome = to > 0 ? HistoryOperation::Outcome::ok : HistoryOperation::Outcome::unknown;
  return operation;
}
HistoryOperation::Part read(std::string key, std::optional<std::string> value) {
  return {false, std::move(key), std::move(value)};
}
HistoryOperation::Part write(std::string key, std::string value) {
  return {true, std::move(key), std::move(value)};
}

HistoryOperation of_lock(const char* verb, int from, int to, std::string lock = "lock") {
  HistoryOperation operation = with_parts(from, to, {});
  operation.verb = verb;
  operation.key = std::move(lock);
  return operation;
}

std::string refusal(ModelName model, const std::vector<HistoryOperation>& history) {
  try {
    (void)judge(model, history);
  } catch (const HistoryRefused& refused) {
    return refused.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("the longest prefix, its order and what ends it") {
  const auto history = Written()
                           .put(1, 2, "x", "a")
                           .put(3, 9, "x", "b")
                           .get(4, 5, "x", "b")
                           .get(6, 7, "x", "a")
                           .get(10, 11, "x", "b")
                           .history;
  const Judgement judgement = judge(ModelName::register_, history);
  CHECK(judgement.verdict == Verdict::violated);
  CHECK(judgement.key == "x");
  CHECK(judgement.stuck == 3);
  CHECK(judgement.prefix == 2);
  CHECK(judgement.longest);
  CHECK_MESSAGE((judgement.order == std::vector<std::uint32_t>{0, 1, 2}),
                "the put that returns later took effect for the first read");
  CHECK(judgement.state == "\"b\"");
  CHECK(judgement.text ==
        "key x: #4 c4 get x found \"a\" fits nowhere; the value before it is \"b\"");
}

TEST_CASE("of several keys the one that goes wrong first is told") {
  const auto history = Written()
                           .put(1, 2, "x", "a")
                           .put(1, 2, "y", "a")
                           .get(3, 20, "x", "b")
                           .get(5, 6, "y", "b")
                           .get(7, 8, "z", std::nullopt)
                           .history;
  const Judgement judgement = judge(ModelName::kv, history);
  CHECK(judgement.key == "y");
  CHECK(judgement.stuck == 3);
  CHECK(judgement.prefix == 2);
  CHECK(judgement.order == std::vector<std::uint32_t>{1});
  CHECK(judgement.keys == 3);
  CHECK(judgement.operations == 5);
}

TEST_CASE("a linearizable history is explained whole") {
  const auto history =
      Written().put(1, 9, "x", "a").get(2, 3, "x", std::nullopt).get(4, 5, "x", "a").history;
  const Judgement judgement = judge(ModelName::kv, history);
  CHECK(judgement.verdict == Verdict::linearizable);
  CHECK(judgement.order == std::vector<std::uint32_t>{1, 0, 2});
  CHECK(judgement.prefix == 3);
  CHECK(judgement.text == "3 operations on 1 key have an order");
  CHECK(judge(ModelName::kv, {}).verdict == Verdict::linearizable);
}

TEST_CASE("what the limit leaves open is undecided, and what is known is told") {
  Written hard;
  hard.put(1, 2, "a", "0");
  for (int i = 0; i < 40; ++i) hard.append(3, 100, "a", std::to_string(i));
  hard.get(101, 102, "a", "no end of these");
  SearchLimit limit;
  limit.steps = 2'000;
  const Judgement judgement = judge(ModelName::kv, hard.history, limit);
  CHECK(judgement.verdict == Verdict::undecided);
  CHECK_FALSE(judgement.stuck.has_value());
  CHECK_FALSE(judgement.longest);
  CHECK(judgement.text.starts_with("key a: not decided within"));
  hard.get(1, 2, "b", "never written");
  CHECK(judge(ModelName::kv, hard.history, limit).verdict == Verdict::violated);
}

TEST_CASE("a mutex is held by one at a time") {
  const std::vector good{of_lock("acquire", 1, 4), of_lock("release", 5, 6),
                         of_lock("acquire", 2, 9), of_lock("acquire", 1, 2, "other")};
  CHECK(judge(ModelName::mutex, good).verdict == Verdict::linearizable);
  const std::vector bad{of_lock("acquire", 1, 2), of_lock("acquire", 3, 4)};
  const Judgement judgement = judge(ModelName::mutex, bad);
  CHECK(judgement.verdict == Verdict::violated);
  CHECK(judgement.stuck == 1);
  CHECK(judgement.state == "held");
  CHECK(judge(ModelName::mutex, std::vector{of_lock("release", 1, 2)}).verdict ==
        Verdict::violated);
  const std::vector open{of_lock("acquire", 1, 2), of_lock("release", 2, 0),
                         of_lock("acquire", 3, 4)};
  CHECK_MESSAGE(judge(ModelName::mutex, open).verdict == Verdict::linearizable,
                "a release of unknown outcome may have happened");
}

TEST_CASE("a transaction takes effect at one instant") {
  const std::vector good{with_parts(1, 9, {write("x", "1"), write("y", "1")}),
                         with_parts(2, 3, {read("x", std::nullopt), read("y", std::nullopt)}),
                         with_parts(4, 5, {read("y", "1"), read("x", "1")}),
                         with_parts(6, 7, {write("x", "2"), read("x", "2"), read("y", "1")})};
  CHECK(judge(ModelName::multi_register, good).verdict == Verdict::linearizable);
  const std::vector torn{with_parts(1, 9, {write("x", "1"), write("y", "1")}),
                         with_parts(2, 3, {read("x", "1"), read("y", std::nullopt)})};
  const Judgement judgement = judge(ModelName::multi_register, torn);
  CHECK(judgement.verdict == Verdict::violated);
  CHECK(judgement.stuck == 1);
  CHECK(judgement.state == "x = \"1\", y = \"1\" or all absent");
  CHECK(judgement.text ==
        "#0 n0 txn read x \"1\" read y absent fits nowhere; the value before it is x = \"1\", "
        "y = \"1\" or all absent");
  // Each key alone is fine: that is what this model is for.
  std::vector apart{with_parts(1, 2, {write("x", "1"), write("y", "1")}),
                    with_parts(3, 4, {write("x", "2"), write("y", "2")}),
                    with_parts(1, 4, {read("x", "2"), read("y", "1")})};
  CHECK(judge(ModelName::multi_register, apart).verdict == Verdict::violated);
  apart.pop_back();
  apart.push_back(with_parts(1, 4, {read("x", "2")}));
  apart.push_back(with_parts(1, 3, {read("y", "1")}));
  CHECK(judge(ModelName::multi_register, apart).verdict == Verdict::linearizable);
  const std::vector pending{with_parts(1, 0, {write("x", "1"), read("y", "never known")}),
                            with_parts(2, 3, {read("x", "1")})};
  CHECK(judge(ModelName::multi_register, pending).verdict == Verdict::linearizable);
}

TEST_CASE("a verb that the model does not know is refused with the model that does") {
  CHECK(refusal(ModelName::register_, Written().cas(1, 2, "x", "a", "b", true).history) ==
        "operation #1 is \"cas\"; model register has get put; try --model cas-register");
  CHECK(refusal(ModelName::cas_register, Written().append(1, 2, "x", "a").history) ==
        "operation #1 is \"append\"; model cas-register has get put cas; try --model kv");
  CHECK(refusal(ModelName::mutex, Written().put(1, 2, "x", "a").history) ==
        "operation #1 is \"put\"; model mutex has acquire release; try --model register");
  CHECK(refusal(ModelName::kv, {of_lock("dance", 1, 2)}) ==
        "operation #0 is \"dance\"; model kv has get put delete append cas");
  CHECK(model_of("cas-register") == ModelName::cas_register);
  CHECK_FALSE(model_of("cas_register").has_value());
  CHECK(name_of(ModelName::multi_register) == "multi-register");
}

TEST_CASE("Knossos' transactions and locks are read") {
  const auto txn = read_knossos_edn(
      "{:process 1 :type :invoke :f :txn :value [[:r :x nil] [:w :y 3]]}\n"
      "{:process 1 :type :ok :f :txn :value [[:r :x 0] [:w :y 3]]}\n"
      "{:process 1 :type :invoke :f :txn :value [[:read :y nil] [:read :x nil]]}\n"
      "{:process 1 :type :ok :f :txn :value [[:read :y 3] [:read :x nil]]}",
      ModelName::multi_register);
  REQUIRE_MESSAGE(txn.size() == 4, "two registers start from 0");
  CHECK(txn[2].parts == std::vector{read(":x", "0"), write(":y", "3")});
  CHECK_MESSAGE(txn[3].parts == std::vector{read(":y", "3")}, "a read of nil says nothing");
  CHECK(judge(ModelName::multi_register, txn).verdict == Verdict::linearizable);

  const auto lock = read_knossos_edn(
      "{:process 1 :type :invoke :f :acquire :value nil}\n"
      "{:process 2 :type :invoke :f :acquire :value nil}\n"
      "{:process 1 :type :ok :f :acquire :value nil}\n"
      "{:process 2 :type :fail :f :acquire :value nil}\n",
      ModelName::mutex);
  CHECK(judge(ModelName::mutex, lock).verdict == Verdict::linearizable);
  CHECK_THROWS_AS((void)read_knossos_edn("", ModelName::kv), HistoryRefused);
  CHECK_THROWS_WITH_AS(
      (void)read_knossos_edn("{:process 1 :type :invoke :f :txn :value [[:z 1 2]]}",
                             ModelName::multi_register),
      "line 1: a part of a txn is [:read KEY VALUE] or [:write KEY VALUE]", HistoryRefused);
}
