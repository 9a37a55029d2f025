// What must hold of every honest node after every step, whatever the others do. Looks from outside:
// at effects, disks and public state.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "core/advanced_bully/advanced_bully.hpp"

namespace lockstep::advanced_bully {

using Disk = std::vector<Record>;

class Observer {
 public:
  std::map<Epoch, std::set<NodeId>> certified;         // leaders that an honest node believed in
  std::map<fencing::Token, std::set<NodeId>> holders;  // who acted with it
  std::map<std::pair<NodeId, Epoch>, std::set<NodeId>> votes;  // sent by honest nodes
  bool expects_split = false;  // an unsafe mode: look, and complain of no two leaders

  [[nodiscard]] bool split() const {
    return std::any_of(certified.begin(), certified.end(),
                       [](const auto& epoch) { return epoch.second.size() > 1; });
  }

  void forget(NodeId node) { seen_.erase(node); }
  void started(const AdvancedBully& machine, const Disk& disk) {
    Epoch epoch, newest;
    fencing::Token token;
    for (const Record& record : disk) {
      if (const auto* ruled = std::get_if<Ruled>(&record)) epoch = std::max(epoch, ruled->epoch);
      if (const auto* voted = std::get_if<Voted>(&record))
        newest = std::max(newest, voted->vote.ballot.epoch);
      if (const auto* action = std::get_if<fencing::Action>(&record)) token = action->token;
    }
    CHECK(machine.epoch() == epoch);
    CHECK(machine.newest() == std::max(epoch, newest));
    CHECK(machine.resource().seen() == token);
    CHECK(machine.role() == RoleName::follower);
    CHECK(machine.token().none());
  }

  // `effects` have not been performed yet.
  void stepped(const AdvancedBully& machine, const Disk& disk, const Effects<Alphabet>& effects) {
    Seen& seen = seen_[machine.self()];
    CHECK(seen.epoch <= machine.epoch());
    CHECK(seen.newest <= machine.newest());
    CHECK(seen.token <= machine.resource().seen());
    seen = {machine.epoch(), machine.newest(), machine.resource().seen()};
    if (machine.ruling() && machine.ruling()->certificate.epoch == machine.epoch()) {
      auto& leaders = certified[machine.epoch()];
      leaders.insert(machine.ruling()->certificate.candidate);
      if (!expects_split) CHECK(leaders.size() == 1);
    }
    fencing::Token last;
    for (const Record& record : disk)
      if (const auto* action = std::get_if<fencing::Action>(&record)) last = action->token;
    for (const auto& effect : effects) {
      if (const auto* send = std::get_if<Send<Message>>(&effect))
        sent(machine, disk, send->message);
      if (const auto* persist = std::get_if<Persist<Record>>(&effect)) {
        CHECK(!persist->records.empty());
        for (const Record& record : persist->records) {
          if (const auto* action = std::get_if<fencing::Action>(&record)) {
            CHECK(last <= action->token);
            last = action->token;
          }
        }
      }
    }
  }

 private:
  struct Seen {
    Epoch epoch, newest;
    fencing::Token token;
  };

  void sent(const AdvancedBully& machine, const Disk& disk, const Message& message) {
    if (const auto* cast = std::get_if<VoteCast>(&message)) {
      const quorum::Ballot& ballot = cast->vote.ballot;
      CHECK(ballot.voter == machine.self());
      auto& candidates = votes[{ballot.voter, ballot.epoch}];
      candidates.insert(ballot.claim.candidate);
      CHECK(candidates.size() == 1);
      CHECK(std::find(disk.begin(), disk.end(), Record(Voted{cast->vote})) != disk.end());
    }
    if (const auto* act = std::get_if<Act>(&message)) {
      auto& who = holders[act->action.token];
      who.insert(machine.self());
      if (!expects_split) CHECK(who.size() == 1);
      CHECK(machine.token() >= act->action.token);
    }
    if (std::get_if<ActAccepted>(&message) != nullptr)
      CHECK(machine.resource().durable() > fencing::Token{});
  }

  std::map<NodeId, Seen> seen_;
};

}  // namespace lockstep::advanced_bully
