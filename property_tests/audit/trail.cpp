// A trail of any events comes back from its records, from all of them or from a snapshot on, and
// any damage to it that is no cut end is found.
#include "core/audit/trail.hpp"

#include <algorithm>
#include <vector>

#include "core/audit/verify.hpp"
#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"
#include "property_tests/support/draw.hpp"
#include "property_tests/support/property.hpp"

namespace lockstep::properties {
namespace {

audit::What draw_what(Choices& choices) {
  auto what = Draw(choices).value<audit::What>();
  if (auto* caught = std::get_if<audit::ByzantineDetected>(&what))
    caught->offence.resize(
        std::min(caught->offence.size(), audit::ByzantineDetected::longest_offence));
  return what;
}

// What is folded anew from all events, with nothing incremental: the naive twin of State.
bool agrees(const audit::State& state, const std::vector<audit::Event>& events) {
  for (std::uint8_t kind = 0; kind < enumerator_count(audit::Kind{}); ++kind) {
    const auto count = static_cast<std::uint64_t>(
        std::count_if(events.begin(), events.end(),
                      [&](const auto& event) { return event.what.index() == kind; }));
    const auto* counted = state.counts.find(static_cast<audit::Kind>(kind));
    if ((counted ? *counted : 0) != count) return false;
  }
  NodeId leader;
  audit::Token newest;
  for (const audit::Event& event : events) {
    if (const auto* e = std::get_if<audit::LeaderChanged>(&event.what)) leader = e->after;
    if (const auto* e = std::get_if<audit::TokenIssued>(&event.what))
      if (newest < e->token) newest = e->token;
  }
  return state.leader == leader && state.token == newest;
}

void comes_back(Choices& choices) {
  audit::Trail trail;
  std::vector<audit::Event> events;
  std::vector<audit::Record> records;
  while (!choices.exhausted()) {
    events.push_back(trail.append(Draw(choices).value<Instant>(), draw_what(choices)));
    note(to_text(events.back()));
    records.emplace_back(events.back());
    if (choices.chance(1, 6)) records.emplace_back(trail.snapshot());
  }
  DEMAND(agrees(trail.state(), events));
  const auto restored = audit::restore(records);
  DEMAND(std::holds_alternative<audit::Trail>(restored));
  DEMAND(std::get<audit::Trail>(restored).snapshot() == trail.snapshot());

  audit::Verifier verifier({}, trail.head());
  for (const audit::Record& record : records)
    std::visit([&](const auto& each) { verifier.add(each); }, record);
  DEMAND(verifier.flaw() == std::nullopt);
  DEMAND(verifier.trail() == trail);
}

// One to three of: changed, dropped, repeated, moved. The end, as it was, stays.
void damage_is_found(Choices& choices) {
  audit::Trail trail;
  std::vector<audit::Event> good;
  for (std::uint64_t left = 2 + choices.below(8); left > 0; --left)
    good.push_back(trail.append(Instant(static_cast<std::int64_t>(choices.below(1000))),
                                audit::NodeFailed{NodeId(1)}));
  auto bad = good;
  for (std::uint64_t left = 1 + choices.below(3); left > 0; --left) {
    const auto place = static_cast<std::ptrdiff_t>(choices.below(bad.size()));
    const auto other = static_cast<std::ptrdiff_t>(choices.below(bad.size()));
    switch (choices.below(4)) {
      case 0: bad[static_cast<std::size_t>(place)].at = Draw(choices).value<Instant>(); break;
      case 1: bad.erase(bad.begin() + place); break;
      case 2: bad.insert(bad.begin() + place, bad[static_cast<std::size_t>(other)]); break;
      default:
        std::swap(bad[static_cast<std::size_t>(place)], bad[static_cast<std::size_t>(other)]);
    }
    if (bad.empty()) break;
  }
  DEMAND((audit::verify(bad, trail.head()) == std::nullopt) == (bad == good));
}

}  // namespace

TEST_CASE("a trail comes back from its records") { holds(comes_back); }
TEST_CASE("damage to a trail is found") { holds(damage_is_found, {.cases = 3000, .choices = 60}); }

}  // namespace lockstep::properties
