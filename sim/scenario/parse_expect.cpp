#include <algorithm>

#include "sim/scenario/parse_parts.hpp"

namespace lockstep::sim {

Expect read_expect(Reader reader, const ParseContext& context) {
  Expect expect;
  const auto& rules = context.format.rules;
  if (const auto linearizable = reader.take("linearizable")) {
    expect.linearizable = linearizable->boolean();
    if (!context.format.has_clients) {
      linearizable->fail_at_key("the protocol " + context.format.name +
                                " has no clients, so there is no history; leave the key out");
    }
    if (std::find(rules.begin(), rules.end(), "linearizability") == rules.end()) {
      linearizable->fail_at_key("the protocol " + context.format.name +
                                " has no registers to read; leave the key out");
    }
    if (*expect.linearizable && context.clients == 0)
      linearizable->fail_at_key("there are no clients to see anything; set workload.clients");
  }
  if (const auto within = reader.take("recovers_within"))
    expect.recovers_within = within->positive_duration();
  if (const auto steady = reader.take("steady")) {
    expect.steady = steady->boolean();
    if (std::find(rules.begin(), rules.end(), "steady leader") == rules.end())
      steady->fail_at_key("the protocol " + context.format.name +
                          " has no such rule; leave the key out");
    if (expect.steady && !expect.recovers_within)
      steady->fail("it holds from when recovery is owed on; add 'recovers_within'");
  }
  if (const auto sometimes = reader.take("sometimes")) {
    for (const Value& item : sometimes->items())
      expect.sometimes.push_back(context.format.witnesses[item.choice(context.format.witnesses)]);
  }
  if (const auto violates = reader.take("violates")) {
    expect.violates = context.format.rules[violates->choice(context.format.rules)];
    if (expect.violates == "linearizability" && expect.linearizable == false)
      violates->fail("it expects a violation of what 'linearizable' leaves unchecked; remove one");
    if (expect.violates == "linearizability" && context.clients == 0)
      violates->fail("there are no clients to see anything; set workload.clients");
    if (expect.violates == "recovery" && !expect.recovers_within)
      violates->fail("recovery is checked only with 'recovers_within'; add it");
    const bool quiet =
        expect.violates == "steady leader" || expect.violates == "follower left behind";
    if (quiet && !expect.steady) violates->fail("that is checked only with 'steady'; add it");
  }
  reader.finish();
  return expect;
}

}  // namespace lockstep::sim
