// The advanced Bully election: the fittest live node leads, hands over before it fails, and never
// acts beside another.
//
// Promises, with at most f faulty nodes and mode byzantine (majority: crash faults only):
// at most one certified leader an epoch; once messages between honest nodes arrive in less than
// half an answer_timeout, a quorum of them has a leader that all of it follow; a guarded resource
// takes no action of an older leader after one of a newer. Epochs only grow, across restarts as
// well. Refuses: to stop a liar from leading, who may claim any score that is possible; it is
// passed over once it fell silent. Mode none and degraded split when the network does, and only the
// resource keeps the two apart.
// The lease of the field notes outlasts the election timeout, so that an old leader may hold one
// beside a new one for a while: it may act, and no resource that knows the newer one lets it.
// Votes weigh what their voters are worth: by the configured table and by weights that leaders find
// from how reliably the members answer (weighing.hpp). A leader needs a quorum by both.
//
// Where it differs from the textbook: ELECTION goes to everybody, since fitness is not known before
// it is said, and asks for a vote in the same message; who is less fit votes, who is fitter says
// ANSWER and stands in the next epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/advanced_bully/alphabet.hpp"
#include "core/advanced_bully/config.hpp"
#include "core/advanced_bully/peers.hpp"
#include "core/advanced_bully/roles.hpp"
#include "core/fencing/resource.hpp"

namespace lockstep::advanced_bully {

class AdvancedBully {
 public:
  using Alphabet = advanced_bully::Alphabet;
  using Out = Effects<Alphabet>;

  // REQUIRES: 1 <= keyring.self <= count, the keyring has everybody's key, refusal(config, count)
  // is empty.
  AdvancedBully(quorum::Keyring keyring, std::uint32_t count, Config config, std::uint64_t seed);

  void step(Instant now, const Event<Alphabet>& event, Out& out);

  [[nodiscard]] NodeId self() const { return keyring_.self; }
  [[nodiscard]] RoleName role() const { return static_cast<RoleName>(role_.index()); }
  // Whom this node takes for the leader; nobody while it does not know.
  [[nodiscard]] NodeId leader() const;
  // Of the newest leader known, and the newest voted in.
  [[nodiscard]] Epoch epoch() const { return ruled_.epoch; }
  [[nodiscard]] Epoch newest() const { return std::max(ruled_.epoch, voted_); }
  // It leads and may act.
  [[nodiscard]] bool may_act(Instant now) const;
  [[nodiscard]] fencing::Token token() const;  // {}: does not lead
  // Until when the leader's lease is good, and when a follower heard its leader; nothing otherwise.
  [[nodiscard]] std::optional<Instant> lease_until() const;
  [[nodiscard]] std::optional<Instant> heard() const;
  // By whom and how the next vote is counted.
  [[nodiscard]] quorum::Table electorate() const {
    return table(newest(), struck_, weights_);
  }
  [[nodiscard]] const std::optional<Coordinator>& ruling() const { return ruling_; }
  [[nodiscard]] const fencing::Resource& resource() const { return resource_; }
  [[nodiscard]] const audit::Trail& trail() const { return trail_; }
  [[nodiscard]] const Proofs& struck() const { return struck_; }
  // In tenths, by the newest that a leader said; empty: as configured.
  [[nodiscard]] const Weights& weights() const { return weights_; }
  [[nodiscard]] predict::Assessment assessment() const;
  [[nodiscard]] bully::Breakdown breakdown(Instant now) const;

  static constexpr std::string_view name = "advanced_bully";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("self", self.self());
    visit("role", self.role());
    visit("leader", self.leader());
    visit("epoch", self.ruled_.epoch);
    visit("voted", self.voted_);
    visit("token", self.token());
    visit("seen", self.resource_.seen());
  }
  friend bool operator==(const AdvancedBully&, const AdvancedBully&) = default;

 private:
  // follower     -> electing      the leader is silent or resigned, a request
  // electing     -> waiting       ANSWER from somebody, ELECTION of somebody fitter
  // electing     -> coordinator   a quorum voted, and nobody fitter is waited for
  // waiting      -> electing      no COORDINATOR in time
  // coordinator  -> follower      no lease, a later leader, resigned
  // any          -> follower      a COORDINATOR with a certificate
  using Role = std::variant<Following, Electing, Waiting, Leading>;  // in RoleName's order

  struct Turn {
    Instant now;
    Out& out;
    std::vector<Record> records{};  // to persist when the step ends
  };
  struct Owed {
    RecordSeq record;
    NodeId to;
    Message message;
    friend bool operator==(const Owed&, const Owed&) = default;
  };

  // advanced_bully.cpp: events in, effects out
  void start(Turn& turn, const std::vector<Record>& records);
  void receive(Turn& turn, NodeId from, const Message& message);
  void request(Turn& turn, RequestId id, const Request& request);
  void persisted(Turn& turn, RecordSeq upto);
  void fire(Turn& turn, Timer timer, TimerEpoch epoch);
  void finish(Turn& turn);
  void send(Turn& turn, NodeId to, Message message) const;
  void send_to_others(Turn& turn, const Message& message) const;
  RecordSeq persist(Turn& turn, Record record);
  // Sends it once everything written so far is durable; to itself: counts it.
  void owe(Turn& turn, NodeId to, Message message);
  void pay(Turn& turn, NodeId to, const Message& message);
  void note(Turn& turn, audit::What what);
  void take_role(Turn& turn, Role role, Instant alarm);
  void arm(Turn& turn, Instant at);
  [[nodiscard]] Timer timer() const;
  void count_beats(Turn& turn, std::uint32_t beats, std::uint32_t missed);
  void keep_history(Turn& turn);

  // election.cpp: standing and voting
  void hold_election(Turn& turn, bool again = false);
  void on(Turn& turn, NodeId from, const Election& message);
  void on(Turn& turn, NodeId from, const Answer& message);
  void on(Turn& turn, NodeId from, const VoteCast& message);
  void on(Turn& turn, NodeId from, const VoteRefused& message);
  void vote_for(Turn& turn, const Election& election);
  void count(Turn& turn, const quorum::Vote& vote);
  void outdo(Turn& turn, NodeId from, Epoch epoch);
  void heard_all_but(Turn& turn, NodeId from);
  [[nodiscard]] bool is_hopeless(const Electing& electing) const;
  [[nodiscard]] std::optional<quorum::Certificate> certificate(const Electing& electing) const;
  void conclude(Turn& turn);
  void give_up(Turn& turn, bool again);
  void wait_for(Turn& turn, NodeId whom);
  void indulge(Turn& turn, const Election& election);
  [[nodiscard]] Duration pause(Epoch epoch) const;

  // judging.cpp: whom it hears and listens to, and what votes weigh
  [[nodiscard]] bool hears_leader(Instant now) const;
  [[nodiscard]] bool is_silent(Instant now, NodeId node) const;
  [[nodiscard]] bool reaches(Instant now, NodeId from, Epoch epoch);
  [[nodiscard]] bool insists(Instant now, NodeId from);
  [[nodiscard]] quorum::Table table(Epoch epoch, const Proofs& struck,
                                    const Weights& weights = {}) const;
  [[nodiscard]] bool is_member(NodeId node, const Proofs& struck) const;

  // evidence.cpp: who voted twice
  bool adopt(Turn& turn, const quorum::Evidence& evidence);
  void adopt_all(Turn& turn, const Proofs& proofs);
  bool teach(Turn& turn, NodeId to, const Proofs& known);
  void convict(Turn& turn, const quorum::Evidence& evidence);
  void witness(Turn& turn, const quorum::Vote& vote);
  void report(Turn& turn, Epoch epoch, const quorum::Evidence& evidence);
  [[nodiscard]] bool are_proofs(const Proofs& proofs) const;
  void on(Turn& turn, NodeId from, const Accusation& message);

  // following.cpp: believing a leader
  void on(Turn& turn, NodeId from, const Coordinator& message);
  void on(Turn& turn, NodeId from, const Heartbeat& message);
  void on(Turn& turn, NodeId from, const Resigned& message);
  void on(Turn& turn, NodeId from, const Weighed& message);
  [[nodiscard]] std::optional<quorum::Offence> flaw_of(const Coordinator& ruling) const;
  void follow(Turn& turn, Coordinator ruling);
  void answer_beat(Turn& turn, HeartbeatAnswer answer);  // and says how fit this node is
  void watch(Turn& turn, Following& following, const Heartbeat& message);
  void suspect(Turn& turn);
  [[nodiscard]] bool ails() const;

  // leading.cpp: lease, heartbeats, hand-over
  void lead(Turn& turn, const quorum::Certificate& certificate);
  void beat(Turn& turn);
  void remember_beat(Turn& turn);
  void weigh(Turn& turn);
  void step_down(Turn& turn);
  void hand_over(Turn& turn);
  void on(Turn& turn, NodeId from, const WhoLeads& message);
  void on(Turn& turn, NodeId from, const HeartbeatAnswer& message);
  void on(Turn& turn, NodeId from, const HandOverAsked& message);
  void renew(Turn& turn, Renewal renewal, NodeId member);
  [[nodiscard]] Duration usual_round_trip(Instant now) const;
  [[nodiscard]] std::optional<bully::Fitness> successor(Instant now) const;

  // guarded.cpp: actions on the resources
  void guard(Turn& turn, RequestId id, const Guard& guard);
  void next_action(Turn& turn);
  void end_action(Turn& turn, Reply reply);
  void accepted_by(Turn& turn, NodeId host, ActionId id);
  void refuse(Turn& turn, NodeId from, const Act& act, const fencing::Refused& refused);
  [[nodiscard]] fencing::Token office_token() const;
  void on(Turn& turn, NodeId from, const Act& message);
  void on(Turn& turn, NodeId from, const ActAccepted& message);
  void on(Turn& turn, NodeId from, const ActRefused& message);

  quorum::Keyring keyring_;
  std::uint32_t count_;
  Config config_;
  std::uint64_t seed_;
  quorum::Table base_;

  // Durable.
  Epoch voted_;
  std::optional<quorum::Vote> vote_;  // in that epoch
  Ruled ruled_;
  Proofs struck_;
  fencing::Resource resource_;
  audit::Trail trail_;
  History history_;  // but for the latest beats
  Weights weights_;  // the newest known

  std::optional<Coordinator> ruling_;  // what proves ruled_; not after a restart
  Office office_;                      // that of ruled_
  Role role_;
  Vitals vitals_;
  bully::Hospital hospital_;
  Duration round_trip_;  // to the leader
  Instant started_;
  Instant asked_;               // the leader to hand over, latest
  std::uint32_t attempts_ = 0;  // to be elected, since somebody led
  Peers peers_;
  ActionId next_action_;
  Renewal newest_round_;  // of the lease
  RecordSeq written_, durable_;
  std::vector<Owed> owed_;
  TimerEpoch epoch_;    // of the latest SetTimer
  bool armed_ = false;  // timer() is pending
};

}  // namespace lockstep::advanced_bully
