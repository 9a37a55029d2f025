// The checker of histories against the definition, tried over all orders of up to eight operations.
#include <algorithm>
#include <string>
#include <vector>

#include "property_tests/models/orders.hpp"
#include "property_tests/support/property.hpp"
#include "sim/check/judge.hpp"
#include "sim/check/linearizable.hpp"
#include "sim/check/operations.hpp"

using namespace lockstep;
using namespace lockstep::properties;
using sim::HistoryOperation;
using sim::ModelName;
using Outcome = HistoryOperation::Outcome;

namespace {

std::vector<std::string> verbs_of(ModelName model) {
  switch (model) {
    case ModelName::register_: return {"put", "get", "get"};
    case ModelName::cas_register: return {"put", "get", "cas", "cas"};
    case ModelName::kv: return {"put", "get", "get", "append", "cas", "delete"};
    case ModelName::multi_register: return {"txn", "txn", "txn", "put", "get"};
    case ModelName::mutex: return {"acquire", "release"};
  }
  return {};
}

// Any operations at any times, on few keys and values. Half the time they are ones that an object
// performed in some order that respects their intervals, so that both verdicts are met.
std::vector<HistoryOperation> draw_history(Choices& choices, ModelName model) {
  std::vector<HistoryOperation> history(1 + choices.below(8));
  const bool honest = choices.chance(1, 2);
  PlainObject object;
  std::int64_t clock = 0;
  const auto value = [&] { return std::string(1, static_cast<char>('a' + choices.below(2))); };
  const auto maybe = [&] { return choices.chance(1, 4) ? std::nullopt : std::optional(value()); };
  const auto key = [&] { return std::string(choices.chance(1, 6) ? "y" : "x"); };
  for (std::size_t i = 0; i < history.size(); ++i) {
    HistoryOperation& operation = history[i];
    operation.id = i + 1;
    operation.verb = choices.pick(verbs_of(model));
    operation.key = operation.verb == "txn" ? "" : key();
    operation.value = value();
    operation.expected = maybe();
    operation.found = maybe();
    if (operation.verb == "get" && model == ModelName::kv && operation.found)
      *operation.found += choices.chance(1, 2) ? value() : "";
    operation.swapped = choices.chance(1, 2);
    for (std::uint64_t left = operation.verb == "txn" ? 1 + choices.below(3) : 0; left > 0;
         --left) {
      const bool writes = choices.chance(1, 2);
      const std::string of = key();
      operation.parts.push_back({writes, of, writes ? std::optional(value()) : maybe()});
    }
    const std::uint64_t outcome = choices.below(10);
    operation.outcome = outcome < 8    ? Outcome::ok
                        : outcome == 8 ? Outcome::unknown
                                       : Outcome::failed;
    clock += choices.between(0, 4);
    operation.invoked = Instant(std::max<std::int64_t>(0, clock - choices.between(0, 8)));
    operation.returned = Instant(clock + choices.between(0, 8));
    if (honest && operation.outcome == Outcome::ok) {
      PlainObject after = object;
      if (after.perform(operation))
        object = after;
      else
        operation.outcome = Outcome::failed;
    }
  }
  return history;
}

void note_all(const std::vector<HistoryOperation>& history) {
  for (const HistoryOperation& operation : history)
    note(sim::describe(operation) + (operation.outcome == Outcome::ok        ? ""
                                     : operation.outcome == Outcome::unknown ? ", unknown"
                                                                             : ", failed"));
}

struct Judged {
  int linearizable = 0, violated = 0;
};

void compare(Choices& choices, ModelName model, Judged& seen) {
  const auto history = draw_history(choices, model);
  note_all(history);
  const bool expected = some_order_explains(history);
  ++(expected ? seen.linearizable : seen.violated);
  const sim::Judgement judgement = sim::judge(model, history);
  DEMAND_EQUAL(judgement.verdict == sim::Verdict::linearizable, expected);
  DEMAND(judgement.verdict != sim::Verdict::undecided);
  if (model == ModelName::kv || model == ModelName::register_ || model == ModelName::cas_register) {
    DEMAND(sim::check_linearizable(history).verdict == judgement.verdict);
  }
}

void compare_all(ModelName model) {
  Judged seen;
  holds([&](Choices& choices) { compare(choices, model, seen); }, {.cases = 3000});
  met("a linearizable history", seen.linearizable, 300);
  met("a violated one", seen.violated, 300);
}

}  // namespace

TEST_CASE("registers: the checker says what trying every order says") {
  compare_all(ModelName::register_);
}
TEST_CASE("compare-and-set registers: the checker says what trying every order says") {
  compare_all(ModelName::cas_register);
}
TEST_CASE("key-value stores: the checker says what trying every order says") {
  compare_all(ModelName::kv);
}
TEST_CASE("several registers: the checker says what trying every order says") {
  compare_all(ModelName::multi_register);
}
TEST_CASE("mutexes: the checker says what trying every order says") {
  compare_all(ModelName::mutex);
}
