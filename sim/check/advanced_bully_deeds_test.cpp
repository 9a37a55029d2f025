// Known-bad cases of every rule about what one node does, each beside one that breaks nothing.
#include "sim/check/advanced_bully_deeds.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/bully/score.hpp"
#include "core/quorum/ideal_scheme.hpp"

using namespace lockstep;
using namespace lockstep::sim;
using namespace lockstep::advanced_bully;

namespace {

constexpr NodeId n1(1), n2(2), n3(3), n4(4);
constexpr Epoch e1(1), e2(2);
using In = lockstep::Event<Alphabet>;
using Out = Effects<Alphabet>;

quorum::Keyring keyring(NodeId self) { return quorum::ideal_keyring(1, self, 4); }

bully::Breakdown breakdown(NodeId node) { return bully::score({}, node, {}); }

quorum::Vote vote(NodeId voter, NodeId candidate, Epoch epoch = e1) {
  return quorum::cast({.cluster = quorum::ClusterId(1),
                       .epoch = epoch,
                       .table = {},
                       .claim = bully::claim(epoch, candidate, breakdown(candidate)),
                       .cast_at = {},
                       .voter = voter},
                      keyring(voter));
}

Coordinator ruling(NodeId leader, std::initializer_list<NodeId> voters, Epoch epoch = e1) {
  quorum::Certificate certificate{epoch, leader, {}, {}};
  for (const NodeId voter : voters) certificate.votes.push_back(vote(voter, leader, epoch));
  return {certificate, {}};
}

quorum::Evidence evidence(NodeId culprit) {
  return {quorum::Offence::double_vote, culprit, {vote(culprit, n1), vote(culprit, n2)}};
}

Out say(NodeId to, Message message) { return {Send<Message>{to, std::move(message)}}; }
Out write(Record record) { return {Persist<Record>{{std::move(record)}}}; }
In hear(NodeId from, Message message) { return Received<Message>{from, std::move(message)}; }
In down(std::uint64_t upto) { return Persisted{RecordSeq(upto)}; }
In alarm() { return TimerFired<Timer>{Timer::failure, TimerEpoch(1)}; }

// What node 1 does, by a clock that is a second ahead.
struct Case {
  AdvancedBullyDeeds deeds;
  std::optional<Coordinator> ruling;
  NodeId leader;
  Epoch epoch;
  bool acts = false;
  Instant now;

  explicit Case(quorum::Mode mode = quorum::Mode::byzantine,
                const std::vector<Record>& durable = {})
      : deeds(config(mode), base_table(config(mode), 4), keyring(n4), 4) {
    deeds.started(n1, durable);
  }
  static Config config(quorum::Mode mode) {
    Config config = lan();
    config.mode = mode;
    return config;
  }
  Case& at(Duration since) {
    now = Instant() + since;
    return *this;
  }
  Case& step(const In& event, const Out& out = {}) {
    deeds.stepped(now, now + seconds(1), n1, event, out, {leader, epoch, acts, &ruling});
    return *this;
  }
  Case& follows(const Coordinator& by, const Out& out = {}) {
    ruling = by;
    leader = by.certificate.candidate;
    epoch = by.certificate.epoch;
    return step(alarm(), out);
  }
  // Its own vote goes down, and it leads.
  Case& leads(const Out& out) {
    step(alarm(), write(Voted{vote(n1, n1)}));
    step(down(1));
    return follows(::ruling(n1, {n1, n2, n3}), out);
  }
  // And has its lease.
  Case& leads();
  [[nodiscard]] std::string broken() {
    std::string names;
    for (const Violation& violation : deeds.violations())
      names += (names.empty() ? "" : ", ") + violation.rule;
    return names;
  }
};

Out beat(std::uint64_t round) {
  Heartbeat beat;
  beat.epoch = e1;
  beat.renewal = Renewal(round);
  return say(n2, beat);
}
In answer(NodeId from, std::uint64_t round, Epoch epoch = e1) {
  return hear(from, HeartbeatAnswer{epoch, {}, Renewal(round), 0});
}
Out act(Epoch epoch, std::uint64_t number) {
  const Act act{ActionId(1), {{epoch, number}, "bed", "taken"}};
  return {Send<Message>{n2, act}, Send<Message>{n3, act}};
}

Case& Case::leads() { return leads(beat(1)).step(answer(n2, 1)).step(answer(n3, 1)); }

const std::string uncertified = "leader without certificate";

}  // namespace

TEST_CASE("leader without certificate") {
  CHECK(Case().follows(ruling(n2, {n1, n2, n3})).broken() == "");
  CHECK(Case().follows(ruling(n2, {n1, n2})).broken() == uncertified);
  CHECK(Case(quorum::Mode::degraded).follows(ruling(n2, {n1, n2})).broken() == "");
  CHECK(Case(quorum::Mode::degraded).follows(ruling(n2, {n1})).broken() == uncertified);
  CHECK(Case(quorum::Mode::majority).follows(ruling(n2, {n1, n2})).broken() == uncertified);
  CHECK(Case(quorum::Mode::none).follows(ruling(n2, {})).broken() == "");
  CHECK(Case().follows(ruling(n2, {n1, n2, n2})).broken() == uncertified);

  const auto spoilt = [](auto&& spoil) {
    Coordinator ruling = ::ruling(n2, {n1, n2, n3});
    spoil(ruling);
    return Case().follows(ruling).broken();
  };
  CHECK(spoilt([](auto& r) { r.certificate.votes[0] = vote(n1, n3); }) == uncertified);
  CHECK(spoilt([](auto& r) { r.certificate.votes[0] = vote(n1, n2, e2); }) == uncertified);
  CHECK(spoilt([](auto& r) { r.certificate.votes[0].signature = {}; }) == uncertified);
  CHECK(spoilt([](auto& r) { r.certificate.votes[0].ballot.cluster = quorum::ClusterId(2); }) ==
        uncertified);
  CHECK_MESSAGE(spoilt([](auto& r) { r.struck = {evidence(n2)}; }) == uncertified,
                "who is struck leads nobody");
  CHECK_MESSAGE(spoilt([](auto& r) { r.struck = {evidence(n4)}; }) == "",
                "without n4 two of three would do");
  CHECK(spoilt([](auto& r) {
          r.struck = {evidence(n4)};
          r.struck[0].voter = n3;
        }) == uncertified);
}

TEST_CASE("a leader that no certificate names") {
  Case none;
  none.leader = n2;
  none.epoch = e1;
  CHECK(none.step(alarm()).broken() == uncertified);
  Case other;
  other.ruling = ruling(n3, {n1, n2, n3});
  other.leader = n2;
  other.epoch = e1;
  CHECK(other.step(alarm()).broken() == uncertified);
}

TEST_CASE("epoch goes back") {
  CHECK(Case().follows(ruling(n2, {n1, n2, n3})).follows(ruling(n3, {n1, n2, n3}, e2)).broken() ==
        "");
  CHECK(Case().follows(ruling(n3, {n1, n2, n3}, e2)).follows(ruling(n2, {n1, n2, n3})).broken() ==
        "epoch goes back");
}

TEST_CASE("said before durable: a vote") {
  const Out said = say(n2, VoteCast{vote(n1, n1)});
  const Out wrote = write(Voted{vote(n1, n1)});
  CHECK(Case().step(alarm(), wrote).step(down(1), said).broken() == "");
  CHECK(Case().step(alarm(), wrote).step(alarm(), said).broken() == "said before durable");
  CHECK(Case().step(alarm(), said).broken() == "said before durable");
  CHECK(Case(quorum::Mode::byzantine, {Voted{vote(n1, n1)}}).step(alarm(), said).broken() == "");
  CHECK(Case(quorum::Mode::byzantine, {Voted{vote(n1, n2)}}).step(alarm(), said).broken() ==
        "said before durable");
}

TEST_CASE("said before durable: an action, an office") {
  const fencing::Action action{{e1, 2}, "bed", "taken"};
  const In asked = hear(n2, Act{ActionId(1), action});
  const Out yes = say(n2, ActAccepted{ActionId(1)});
  CHECK(Case().step(asked, write(action)).step(down(1), yes).broken() == "");
  CHECK(Case().step(asked, write(action)).step(alarm(), yes).broken() == "said before durable");
  CHECK(Case().step(asked, yes).broken() == "said before durable");

  CHECK(Case().leads().broken() == "");
  Case early;
  early.step(alarm(), write(Voted{vote(n1, n1)}));
  CHECK(early.follows(ruling(n1, {n1, n2, n3})).broken() == "said before durable");
}

TEST_CASE("acts without lease") {
  // 3 s less a hundredth: a lease of lan().
  const Duration lasts = milliseconds(2970);
  const auto acting_after = [&](Duration since) {
    Case done;
    done.leads(beat(1)).at(milliseconds(100)).step(answer(n2, 1)).step(answer(n3, 1));
    done.acts = true;
    return done.at(since).step(alarm()).broken();
  };
  CHECK(acting_after(milliseconds(100)) == "");
  CHECK(acting_after(lasts - Duration(1)) == "");
  CHECK_MESSAGE(acting_after(lasts) == "acts without lease", "it counts from the request");

  Case few;
  few.leads(beat(1)).step(answer(n2, 1)).step(answer(n2, 1)).step(answer(n3, 1, e2));
  few.acts = true;
  CHECK(few.step(alarm()).broken() == "acts without lease");

  Case later;
  later.leads(beat(1)).at(seconds(1)).step(alarm(), beat(2)).step(answer(n2, 2));
  later.step(answer(n3, 2)).acts = true;
  CHECK(later.at(seconds(1) + lasts - Duration(1)).step(alarm()).broken() == "");
}

TEST_CASE("tokens: without office, issued again") {
  CHECK(Case().leads().step(alarm(), act(e1, 2)).step(alarm(), act(e1, 3)).broken() == "");
  CHECK(Case().leads().step(alarm(), act(e1, 2)).step(alarm(), act(e1, 2)).broken() ==
        "token issued again");
  CHECK(Case().leads().step(alarm(), act(e1, 3)).step(alarm(), act(e1, 2)).broken() ==
        "token issued again");
  CHECK(Case().leads().step(alarm(), act(e2, 2)).broken() == "token without office");
  CHECK(Case().follows(ruling(n2, {n1, n2, n3})).step(alarm(), act(e1, 2)).broken() ==
        "token without office");

  CHECK(Case().leads(beat(1)).step(answer(n2, 1)).step(alarm(), act(e1, 2)).broken() ==
        "acts without lease");

  Case two;
  two.leads().step(alarm(), act(e1, 2));
  const std::optional<Coordinator> other = ruling(n2, {n2, n3, n4});
  const ElectionView view{n2, e1, false, &other};
  two.deeds.started(n2, {Voted{vote(n2, n2)}});
  two.deeds.stepped({}, {}, n2, alarm(), act(e1, 3), view);
  CHECK(two.broken() == "acts without lease, token without office");
  Case twins;
  twins.deeds.exempt(n1);
  CHECK(twins.leads().step(alarm(), act(e2, 1)).broken() == "");
}

TEST_CASE("struck without proof, honest node struck") {
  const auto strikes = [](const quorum::Evidence& proof, bool culprit) {
    Case done;
    if (culprit) done.deeds.exempt(n4);
    return done.step(alarm(), write(Struck{proof})).broken();
  };
  CHECK(strikes(evidence(n4), true) == "");
  CHECK(strikes(evidence(n4), false) == "honest node struck");
  for (const auto& votes :
       {std::vector{vote(n4, n1)}, std::vector{vote(n4, n1), vote(n4, n1)},
        std::vector{vote(n4, n1), vote(n4, n2, e2)}, std::vector{vote(n3, n1), vote(n4, n2)}})
    CHECK(strikes({quorum::Offence::double_vote, n4, votes}, true) == "struck without proof");
  quorum::Evidence forged = evidence(n4);
  forged.votes[1].signature = {};
  CHECK(strikes(forged, true) == "struck without proof");
  forged = evidence(n4);
  forged.votes[0].ballot.cluster = quorum::ClusterId(2);
  CHECK(strikes(forged, true) == "struck without proof");
  Case spoilt;
  spoilt.deeds.forgive();
  CHECK(spoilt.step(alarm(), write(Struck{evidence(n4)})).broken() == "");
}

TEST_CASE("vote for unsupported score") {
  const Election stands{e1, bully::claim(e1, n2, breakdown(n2)), breakdown(n2), {}};
  const auto votes = [](const In& event) {
    return Case().step(event, write(Voted{vote(n1, n2)})).broken();
  };
  const std::string unsupported = "vote for unsupported score";
  CHECK(votes(hear(n2, stands)) == "");
  CHECK(votes(hear(n3, stands)) == unsupported);
  CHECK(votes(alarm()) == unsupported);
  Election other = stands;
  other.epoch = e2;
  CHECK(votes(hear(n2, other)) == unsupported);
  other = stands;
  other.breakdown.health += 1;
  CHECK(votes(hear(n2, other)) == unsupported);
  other = stands;
  other.claim.score += 1;
  CHECK(votes(hear(n2, other)) == unsupported);
  CHECK(Case().step(alarm(), write(Voted{vote(n1, n1)})).broken() == "");

  // Sound, but said in another epoch.
  const quorum::Claim old = bully::claim(e1, n2, breakdown(n2));
  CHECK(follows_from(old, e1, breakdown(n2)));
  CHECK_FALSE(follows_from(old, e2, breakdown(n2)));
}

TEST_CASE("suspects too early") {
  const Duration silence = lan().election_timeout;
  const Out gives_up{Notify<audit::What>{audit::NodeFailed{n2}}};
  const auto given_up_after = [&](Duration since) {
    Case done;
    done.follows(ruling(n2, {n1, n2, n3}));
    done.at(seconds(1)).step(hear(n2, Heartbeat{}), say(n2, HeartbeatAnswer{}));
    done.at(seconds(1) + since).leader = nobody;
    return done.step(alarm(), gives_up).broken();
  };
  CHECK(given_up_after(silence) == "");
  CHECK(given_up_after(silence - Duration(1)) == "suspects too early");
  CHECK_MESSAGE(Case().at(seconds(9)).step(alarm(), gives_up).broken() == "suspects too early",
                "nobody led");
}

TEST_CASE("successor unheard") {
  const Duration silence = lan().election_timeout;
  const auto hands_over = [](Case& leads, Duration at) {
    leads.at(at).leader = nobody;
    return leads.step(alarm(), say(n2, Resigned{e1, n3})).broken();
  };
  Case heard;
  heard.leads(beat(1)).step(answer(n3, 1));
  CHECK(hands_over(heard, silence - Duration(1)) == "");
  Case silent;
  silent.leads(beat(1)).step(answer(n3, 1));
  CHECK(hands_over(silent, silence) == "successor unheard");
  Case other;
  other.leads(beat(1)).step(answer(n3, 1, e2)).step(answer(n2, 1));
  CHECK(hands_over(other, {}) == "successor unheard");
}
