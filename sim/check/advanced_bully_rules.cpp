#include "sim/check/advanced_bully_rules.hpp"
#include "sim/check/member_name.hpp"

#include <algorithm>
#include <utility>

#include "core/base/overloaded.hpp"
#include "core/text/to_text.hpp"

namespace lockstep::sim {

using advanced_bully::Ruled;
using advanced_bully::Voted;

namespace {

const ElectionMember* leading(const ElectionGroup& group, const ElectionMember* but = nullptr) {
  for (const ElectionMember& member : group.members) {
    if (&member != but && member.leader == member.node) return &member;
  }
  return nullptr;
}

}  // namespace

void AdvancedBullyRules::report(Instant now, NodeId node, const std::string& rule,
                                std::string text) {
  if (reported_.insert(rule).second) violations_.push_back({rule, std::move(text), node, now});
}

// Epochs survive restarts: what was durable is found again, and the trail goes on where it ended.
void AdvancedBullyRules::started(Instant now, NodeId node,
                                 const std::vector<advanced_bully::Record>& durable) {
  Node& state = at(node);
  state.epochs.clear();
  state.records = RecordSeq();
  state.votes.clear();
  state.token = {};
  Epoch newest;
  bool first = true;
  for (const advanced_bully::Record& record : durable) {
    std::visit(Overloaded{[&](const Voted& r) {
                            state.votes[r.vote.ballot.epoch] = r.vote.ballot.claim.candidate;
                            newest = std::max(newest, r.vote.ballot.epoch);
                          },
                          [&](const Ruled& r) { newest = std::max(newest, r.epoch); },
                          [&](const fencing::Action& r) { state.token = r.token; },
                          [&](const audit::Event& r) {
                            if (std::exchange(first, false)) {
                              state.last = r.sequence.previous();
                              state.head = r.previous;
                            }
                            note_event(now, node, r);
                          },
                          [](const auto&) {}},
               record);
  }
  if (first) {
    state.last = {};
    state.head = {};
  }
  if (newest < state.newest && !state.exempt)
    report(now, node, "epoch goes back",
           member_name(node) + " starts in epoch " + to_text(newest) + " and was in " +
               to_text(state.newest));
  state.newest = std::max(newest, state.newest);
}

void AdvancedBullyRules::note_event(Instant now, NodeId node, const audit::Event& event) {
  Node& state = at(node);
  if (event.sequence != state.last.next() || event.previous != state.head)
    report(now, node, "trail broken",
           member_name(node) + " writes event " + to_text(event.sequence) +
               ", which does not continue its trail after " + to_text(state.last));
  state.last = event.sequence;
  state.head = hash_of(event);
}

void AdvancedBullyRules::persisted(Instant now, NodeId node, const advanced_bully::Record& record) {
  Node& state = at(node);
  ++state.records;
  const auto epoch_on_its_way = [&](Epoch epoch) {
    state.epochs.emplace_back(state.records, epoch);
  };
  std::visit(
      Overloaded{[&](const Voted& r) {
                   const Epoch epoch = r.vote.ballot.epoch;
                   const NodeId whom = r.vote.ballot.claim.candidate;
                   const auto [place, fresh] = state.votes.emplace(epoch, whom);
                   if (!fresh && place->second != whom && !state.exempt)
                     report(now, node, "vote changed",
                            member_name(node) + " votes for " + member_name(whom) + " in epoch " +
                                to_text(epoch) + " and has voted for " +
                                member_name(place->second));
                   epoch_on_its_way(epoch);
                 },
                 [&](const Ruled& r) { epoch_on_its_way(r.epoch); },
                 [&](const fencing::Action& r) {
                   if (r.token < state.token && !state.exempt)
                     report(now, node, "older token accepted",
                            "the resource of " + member_name(node) + " takes token " +
                                to_text(r.token) + " after " + to_text(state.token));
                   state.token = r.token;
                 },
                 [&](const audit::Event& r) { note_event(now, node, r); }, [](const auto&) {}},
      record);
}

void AdvancedBullyRules::told_durable(NodeId node, RecordSeq upto) {
  Node& state = at(node);
  auto down = state.epochs.begin();
  for (; down != state.epochs.end() && down->first <= upto; ++down)
    state.newest = std::max(state.newest, down->second);
  state.epochs.erase(state.epochs.begin(), down);
}

void AdvancedBullyRules::elected(Instant now, NodeId node, Epoch epoch) {
  const auto [place, fresh] = leaders_.emplace(epoch, node);
  if (!fresh && place->second != node)
    report(now, node, "one leader an epoch",
           member_name(node) + " and " + member_name(place->second) + " both won epoch " +
               to_text(epoch));
}

bool AdvancedBullyRules::settled(const std::vector<ElectionGroup>& groups) {
  AdvancedBullyRules rules(0);
  rules.judge_quiet({}, groups);
  return rules.violations().empty();
}

void AdvancedBullyRules::judge_quiet(Instant now, const std::vector<ElectionGroup>& groups) {
  for (const ElectionGroup& group : groups) {
    const ElectionMember* leader = leading(group);
    const ElectionMember* other = leader == nullptr ? nullptr : leading(group, leader);
    if (other != nullptr)
      report(now, other->node, "one coordinator",
             member_name(leader->node) + " and " + member_name(other->node) +
                 " both lead, and they reach each other");
    if (!group.elects) {
      const auto acts = std::find_if(group.members.begin(), group.members.end(),
                                     [](const ElectionMember& m) { return m.acts; });
      if (acts != group.members.end())
        report(now, acts->node, "acts without quorum",
               member_name(acts->node) + " may act, and reaches too few to renew its lease");
      continue;
    }
    if (leader == nullptr) {
      report(now, group.members.front().node, "everyone knows",
             "nobody leads a group of " + std::to_string(group.members.size()) +
                 " that could elect a leader");
      continue;
    }
    for (const ElectionMember& member : group.members) {
      if (member.leader != leader->node)
        report(now, member.node, "everyone knows",
               member_name(member.node) + " follows " + member_name(member.leader) + ", and " +
                   member_name(leader->node) + " leads");
    }
  }
}

}  // namespace lockstep::sim
