// Believing a leader: by its certificate, and for as long as its heartbeats come.
#include <algorithm>
#include <cstdlib>

#include "core/advanced_bully/advanced_bully.hpp"

namespace lockstep::advanced_bully {

// Proofs that others were to believe are as this node can check them, ascending, one a culprit.
bool AdvancedBully::are_proofs(const Proofs& proofs) const {
  const bool ascending =
      std::adjacent_find(proofs.begin(), proofs.end(), [](const auto& a, const auto& b) {
        return a.voter >= b.voter;
      }) == proofs.end();
  return ascending && std::all_of(proofs.begin(), proofs.end(), [&](const auto& proof) {
           return std::any_of(struck_.begin(), struck_.end(),
                              [&](const auto& own) { return own == proof; }) ||
                  (proof.offence == quorum::Offence::double_vote &&
                   verify(proof, keyring_, config_.cluster));
         });
}

void AdvancedBully::on(Turn& turn, NodeId from, const Coordinator& message) {
  const quorum::Certificate& certificate = message.certificate;
  const NodeId leader = certificate.candidate;
  const bool proven = base_.mode != quorum::Mode::none;
  const Ruled said{certificate.epoch, leader};
  if (said == ruled_ && ruling_) {
    if (from == leader && this->leader() != leader && !office_.resigned)
      return follow(turn, *ruling_);
    return heard_all_but(turn, from);
  }
  // Nothing but the id decides between two of one epoch: nobody voted for them, or somebody twice.
  const bool rivals = said.epoch == ruled_.epoch && leader != ruled_.leader;
  const bool restarted = said == ruled_ && leader != self();
  const bool believed =
      ruled_.epoch < said.epoch || (rivals && leader > ruled_.leader) || restarted;
  if (!believed && !(rivals && proven)) {
    if (from == leader && ruling_) send(turn, from, *ruling_);
    return heard_all_but(turn, from);
  }
  if (!proven && (from != leader || !reaches(turn.now, from, said.epoch))) return;
  if (!are_proofs(message.struck))
    return report(turn, said.epoch, {quorum::Offence::bad_signature, from, {}});
  adopt_all(turn, message.struck);
  if (const auto offence = flaw_of(message)) return report(turn, said.epoch, {*offence, from, {}});
  for (const quorum::Vote& vote : certificate.votes) witness(turn, vote);
  if (!believed) {
    if (from == leader && ruling_) send(turn, from, *ruling_);
    return heard_all_but(turn, from);
  }
  // Its votes may have been counted with somebody who is guilty: the next ones are not.
  (void)teach(turn, from, message.struck);
  follow(turn, message);
  // Its first heartbeat, which went out right behind this, may have overtaken it, and a leader
  // without a lease would wait for the next one.
  if (from == leader) answer_beat(turn, {said.epoch, BeatNumber(1), Renewal(1), {}});
}

// A quorum by its weights, and of the configured table (weighing.hpp).
std::optional<quorum::Offence> AdvancedBully::flaw_of(const Coordinator& ruling) const {
  const quorum::Certificate& certificate = ruling.certificate;
  if (!are_weights(base_, ruling.weights)) return quorum::Offence::wrong_table;
  const quorum::Table counted = table(certificate.epoch, ruling.struck, ruling.weights);
  if (const auto flaw = verify(certificate, counted, keyring_, config_.cluster)) return flaw;
  std::vector<NodeId> voters;
  for (const quorum::Vote& vote : certificate.votes) voters.push_back(vote.ballot.voter);
  if (table(certificate.epoch, ruling.struck).reaches(voters)) return std::nullopt;
  return quorum::Offence::no_quorum;
}

void AdvancedBully::follow(Turn& turn, Coordinator ruling) {
  const NodeId before = ruled_.leader;
  const Ruled now{ruling.certificate.epoch, ruling.certificate.candidate};
  if (role() == RoleName::coordinator) step_down(turn);
  if (now != ruled_) {
    ruled_ = now;
    office_ = {};
    persist(turn, ruled_);
    note(turn, audit::LeaderChanged{now.epoch, before, now.leader});
    peers_.forget_standing();
  }
  attempts_ = 0;
  peers_.forget_patience();
  ruling_ = std::move(ruling);
  if (now.leader == self()) return;  // of a life before this one, which ended the office
  peers_[now.leader].passed_over.reset();
  office_.heard = turn.now;
  Following following{.leader = now.leader, .beat = {}, .predictor = {}};
  if (config_.predicts)
    following.predictor.emplace(config_.predict, mix_seed(seed_, now.epoch.value()));
  take_role(turn, std::move(following), turn.now + config_.election_timeout);
}

void AdvancedBully::on(Turn& turn, NodeId from, const Heartbeat& message) {
  if (message.epoch < ruled_.epoch) {
    if (ruling_) send(turn, from, *ruling_);
    return;
  }
  const bool known = ruling_ && ruled_ == Ruled{message.epoch, from};
  if (!known) return send(turn, from, WhoLeads{message.epoch});
  if (office_.resigned || message.number <= office_.beat) return;  // again, or late
  office_.beat = message.number;
  auto* following = std::get_if<Following>(&role_);
  if (following == nullptr || following->leader != from) {
    follow(turn, *ruling_);  // it is back before another was elected
    following = std::get_if<Following>(&role_);
  }
  watch(turn, *following, message);
  answer_beat(turn, {message.epoch, message.number, message.renewal, {}});
}

void AdvancedBully::answer_beat(Turn& turn, HeartbeatAnswer answer) {
  answer.score = ails() ? unwilling : bully::total(breakdown(turn.now));
  send(turn, ruled_.leader, answer);
}

// Short of CPU or memory: it would soon be asked to hand over, or be dead. It says that it wants no
// office, so that a successor does not hand back to whoever made way for it; when nobody leads it
// stands all the same.
bool AdvancedBully::ails() const {
  return config_.predicts && (vitals_.cpu_permille > config_.predict.cpu_calm_permille ||
                              vitals_.memory_permille > config_.predict.memory_calm_permille);
}

// The pending alarm looks at `heard` when it fires.
void AdvancedBully::watch(Turn& turn, Following& following, const Heartbeat& message) {
  const bool first = following.beat == BeatNumber{};
  const std::uint64_t gap = first ? 1 : message.number.value() - following.beat.value();
  // Beats take their time: whoever skips numbers faster has missed none.
  const auto due =
      static_cast<std::uint64_t>((turn.now - office_.heard).ns() / config_.heartbeat.ns());
  const auto missed = static_cast<std::uint32_t>(std::min<std::uint64_t>({gap - 1, due, 1000}));
  const Duration expected = config_.heartbeat * static_cast<std::int64_t>(missed + 1);
  const Duration off = turn.now - office_.heard - expected;
  office_.heard = turn.now;
  following.beat = message.number;
  round_trip_ = std::clamp(message.round_trip, Duration(0), config_.election_timeout);
  count_beats(turn, missed + 1, missed);
  if (missed > 0) note(turn, audit::HeartbeatMissed{following.leader, missed});
  if (first || !following.predictor) return;
  following.predictor->observe(turn.now, {.latency = round_trip_ / 2,
                                          .jitter = Duration(std::abs(off.ns())),
                                          .cpu_permille = message.cpu_permille,
                                          .memory_permille = message.memory_permille,
                                          .missed = missed});
  const bool asked = asked_ != Instant() && turn.now < asked_ + config_.cool_down;
  if (!following.predictor->alarmed() || asked) return;
  asked_ = turn.now;
  const std::uint32_t probability = following.predictor->assessment().probability;
  note(turn, audit::PreemptiveElection{ruled_.epoch, following.leader, probability});
  send(turn, following.leader, HandOverAsked{ruled_.epoch, probability});
}

// A leader sends them once a round: one that sends more fills no disk.
void AdvancedBully::on(Turn& turn, NodeId from, const Weighed& message) {
  if (!config_.adapts_weights || ruled_ != Ruled{message.epoch, from}) return;
  if (!are_weights(base_, message.weights))
    return report(turn, message.epoch, {quorum::Offence::wrong_table, from, {}});
  const Duration least = config_.heartbeat * Weighing::round / 2;
  if (office_.weighed && turn.now < *office_.weighed + least) return;
  office_.weighed = turn.now;
  if (weights_ == message.weights) return;
  weights_ = message.weights;
  persist(turn, message);
}

void AdvancedBully::suspect(Turn& turn) {
  const auto& following = std::get<Following>(role_);
  if (following.leader != nobody) {
    const Instant silent_at = office_.heard + config_.election_timeout;
    if (turn.now < silent_at) return arm(turn, silent_at);
    peers_[following.leader].passed_over = turn.now + config_.cool_down;
    note(turn, audit::NodeFailed{following.leader});
  }
  hold_election(turn);
}

void AdvancedBully::on(Turn& turn, NodeId from, const Resigned& message) {
  if (ruled_ != Ruled{message.epoch, from} || leader() != from) return;
  office_.resigned = true;
  peers_[from].aside = turn.now + config_.cool_down;
  if (message.successor == self()) return hold_election(turn);
  wait_for(turn, base_.find(message.successor) == nullptr ? nobody : message.successor);
}

}  // namespace lockstep::advanced_bully
