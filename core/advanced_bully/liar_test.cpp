#include "core/advanced_bully/liar_test.hpp"

#include "core/base/overloaded.hpp"

namespace lockstep::advanced_bully {
namespace {

constexpr std::size_t most_remembered = 64;

template <class T>
void remember(std::vector<T>& all, const T& one, Random& random) {
  if (all.size() < most_remembered) return all.push_back(one);
  all[random.below(all.size())] = one;
}

}  // namespace

Liar::Liar(MiniNetwork& network, Config config, NodeId self, std::uint64_t seed)
    : network_(&network), config_(std::move(config)), self_(self), random_(mix_seed(seed, 77)) {}

void Liar::hear(NodeId from, const Message& message) {
  remember(heard_, message, random_);
  std::visit(Overloaded{[&](const Election& m) {
                          newest_ = std::max(newest_, m.epoch);
                          vote_for_all(m, from);
                          if (random_.below(2) == 0) network_->say(self_, from, Answer{m.epoch});
                        },
                        [&](const VoteCast& m) { remember(votes_, m.vote, random_); },
                        [&](const Coordinator& m) {
                          newest_ = std::max(newest_, m.certificate.epoch);
                          remember(certificates_, m.certificate, random_);
                        },
                        [](const auto&) {}},
             message);
}

void Liar::act() {
  const NodeId to(static_cast<std::uint32_t>(1 + random_.below(network_->count())));
  switch (random_.below(8)) {
    case 0: return stand(to, some_epoch());
    case 1: return vote_oddly(to);
    case 2: return announce_falsely(to);
    case 3: return accuse_falsely(to);
    case 4: return act_falsely(to);
    case 5: return repeat(to);
    case 6:
      for (const NodeId all : network_->everybody()) stand(all, newest_.next());
      return;
    default: return rule_falsely(to);
  }
}

void Liar::vote_for_all(const Election& election, NodeId candidate) {
  if (!may_vote(election.epoch, candidate)) return;
  const Instant now = network_->local_now(self_);
  const auto cast = vote(election.epoch, election.claim, now, election.struck);
  network_->say(self_, candidate, VoteCast{cast});
}

void Liar::stand(NodeId to, Epoch epoch) {
  const bully::Breakdown breakdown = best();
  network_->say(
      self_, to,
      Election{epoch, bully::claim(epoch, self_, breakdown), breakdown, {}, some_weights()});
}

void Liar::vote_oddly(NodeId to) {
  const Instant now = network_->local_now(self_);
  const Epoch epoch = some_epoch();
  quorum::Claim claim{to, static_cast<std::int64_t>(random_.below(1'000'000)), {}};
  if (!may_vote(epoch, to)) return;
  quorum::Vote cast = vote(epoch, claim, now);
  switch (random_.below(4)) {
    case 0: cast = vote(epoch, claim, now + seconds(4000)); break;
    case 1: cast = vote(epoch, claim, now - seconds(4000)); break;
    case 2: cast.ballot.voter = to; break;
    default:
      if (careful) return;
      claim.candidate = NodeId(99);
      cast = vote(epoch, claim, now);
  }
  network_->say(self_, to, VoteCast{cast});
}

void Liar::announce_falsely(NodeId to) {
  quorum::Certificate certificate{some_epoch(), self_, {}, {}};
  if (!certificates_.empty() && random_.below(3) > 0) {
    certificate = random_.pick(certificates_);
    if (random_.below(2) == 0) certificate.candidate = self_;
    if (random_.below(2) == 0 && !certificate.votes.empty()) certificate.votes.pop_back();
    if (random_.below(3) == 0) ++certificate.epoch;
  }
  if (!votes_.empty() && random_.below(2) == 0) certificate.votes = votes_;
  network_->say(self_, to, Coordinator{certificate, {}, some_weights()});
}

void Liar::accuse_falsely(NodeId to) {
  quorum::Evidence evidence{quorum::Offence::double_vote, to.next(), {}};
  if (!votes_.empty()) {
    evidence.votes = {random_.pick(votes_), random_.pick(votes_)};
    evidence.voter = evidence.votes[0].ballot.voter;
    if (random_.below(2) == 0) ++evidence.votes[1].ballot.claim.candidate;
  }
  network_->say(self_, to, Accusation{evidence});
}

void Liar::act_falsely(NodeId to) {
  const fencing::Token token{Epoch(random_.below(newest_.value() + 3)), random_.next()};
  network_->say(self_, to, Act{ActionId(random_.below(9)), {token, "forged", "forged"}});
  network_->say(self_, to, ActAccepted{ActionId(random_.below(9))});
}

// Mostly of its own: the others then weigh as little as a table allows, or less.
Weights Liar::some_weights() {
  Weights weights;
  if (random_.below(2) == 0) return weights;
  for (std::uint32_t n = 1; n <= network_->count() + (random_.below(9) == 0 ? 1 : 0); ++n)
    weights.push_back(quorum::Weight(5 + static_cast<std::uint32_t>(random_.below(7))));
  return weights;
}

void Liar::rule_falsely(NodeId to) {
  const Epoch epoch = some_epoch();
  switch (random_.below(8)) {
    case 0: return network_->say(self_, to, Resigned{epoch, NodeId(random_.below(2) ? 99u : 1u)});
    case 1: return network_->say(self_, to, HandOverAsked{epoch, 1000});
    case 2: return network_->say(self_, to, WhoLeads{epoch});
    case 3: return network_->say(self_, to, VoteRefused{newest_, Epoch(random_.next())});
    case 4:
      return network_->say(self_, to,
                           HeartbeatAnswer{newest_, BeatNumber(random_.below(99)),
                                           Renewal(random_.below(99)), 1'500'000});
    case 5: return network_->say(self_, to, Answer{newest_.next()});
    case 6: return network_->say(self_, to, Weighed{epoch, some_weights()});
    default:
      return network_->say(self_, to,
                           Heartbeat{epoch, BeatNumber(random_.next()), Renewal(random_.next()),
                                     Duration(static_cast<std::int64_t>(random_.next())), 0, 0});
  }
}

void Liar::repeat(NodeId to) {
  if (!heard_.empty()) network_->say(self_, to, random_.pick(heard_));
}

quorum::Vote Liar::vote(Epoch epoch, const quorum::Claim& claim, Instant at,
                        const Proofs& struck) const {
  quorum::Table table = base_table(config_, network_->count());
  for (const quorum::Evidence& evidence : struck) table = table.strike(evidence.voter);
  return quorum::cast({.cluster = config_.cluster,
                       .epoch = epoch,
                       .table = table.in(epoch).digest(),
                       .claim = claim,
                       .cast_at = at,
                       .voter = self_},
                      network_->keyring(self_));
}

bully::Breakdown Liar::best() const {
  return bully::score(
      config_.score, self_,
      {.cpu_permille = 0,
       .memory_permille = 0,
       .uptime = seconds(1'000'000),
       .latency = {},
       .history = {.beats = 1'000'000, .missed = 0, .terms = 1'000'000, .failed = 0},
       .hospital = {0, 1, 1, 1, 1, 100}});
}

bool Liar::may_vote(Epoch epoch, NodeId candidate) {
  return !careful || voted_.emplace(epoch, candidate).first->second == candidate;
}

Epoch Liar::some_epoch() {
  if (random_.below(4) == 0) return Epoch(newest_.value() + random_.below(1u << 22));
  return Epoch(newest_.value() + random_.below(3));
}

}  // namespace lockstep::advanced_bully
