#include "sim/check/advanced_bully_deeds.hpp"

#include <algorithm>

#include "core/text/to_text.hpp"

namespace lockstep::sim {

namespace {

std::string called(NodeId node) {
  return node == nobody ? "nobody" : "n" + std::to_string(node.value());
}

template <class Wanted>
const Wanted* received(const Event<advanced_bully::Alphabet>& event) {
  const auto* in = std::get_if<Received<advanced_bully::Message>>(&event);
  return in == nullptr ? nullptr : std::get_if<Wanted>(&in->message);
}

NodeId sender(const Event<advanced_bully::Alphabet>& event) {
  return std::get<Received<advanced_bully::Message>>(event).from;
}

}  // namespace

AdvancedBullyDeeds::AdvancedBullyDeeds(advanced_bully::Config config, quorum::Table promised,
                                       quorum::Keyring keyring, std::uint32_t nodes)
    : config_(std::move(config)),
      promised_(std::move(promised)),
      keyring_(std::move(keyring)),
      nodes_(nodes) {}

void AdvancedBullyDeeds::report(const Turn& turn, const std::string& rule,
                                const std::string& text) {
  if (reported_.insert(rule).second)
    violations_.push_back({rule, called(turn.node) + " " + text, turn.node, turn.now});
}

void AdvancedBullyDeeds::started(NodeId node, const std::vector<advanced_bully::Record>& durable) {
  Node& state = at(node);
  Node fresh;
  fresh.exempt = state.exempt;
  state = std::move(fresh);
  for (const advanced_bully::Record& record : durable) write(state, record);
  // Counted anew in every incarnation.
  for (auto& [epoch, vote] : state.votes) vote.second = {};
  for (auto& [token, number] : state.actions) number = {};
  state.written = {};
}

void AdvancedBullyDeeds::write(Node& state, const advanced_bully::Record& record) {
  ++state.written;
  if (const auto* voted = std::get_if<advanced_bully::Voted>(&record))
    state.votes[voted->vote.ballot.epoch] = {voted->vote.ballot.claim.candidate, state.written};
  if (const auto* action = std::get_if<fencing::Action>(&record))
    state.actions.emplace(action->token, state.written);
}

void AdvancedBullyDeeds::stepped(Instant now, Instant told, NodeId node,
                                 const Event<Alphabet>& event, const Effects<Alphabet>& effects,
                                 const ElectionView& view) {
  Turn turn{.now = now, .told = told, .node = node, .event = event, .view = view};
  note_event(turn);
  // A leader that is given up has failed as the leader that it was.
  for (const auto& effect : effects) {
    const auto* notify = std::get_if<Notify<audit::What>>(&effect);
    if (notify == nullptr) continue;
    if (const auto* failed = std::get_if<audit::NodeFailed>(&notify->notice))
      this->failed(turn, failed->node);
  }
  for (const auto& effect : effects) look_at(turn, effect);
  note_ruling(turn);
  for (const auto& effect : effects) {
    const auto* send = std::get_if<Send<advanced_bully::Message>>(&effect);
    const auto* beat =
        send == nullptr ? nullptr : std::get_if<advanced_bully::Heartbeat>(&send->message);
    if (beat != nullptr) at(node).lease.sent(beat->renewal, told);
  }
  if (view.acts && view.leader == node && !at(node).lease.holds(told))
    report(turn, "acts without lease",
           "may act in epoch " + to_text(view.epoch) +
               ", and no quorum has answered a round that is young enough");
}

void AdvancedBullyDeeds::note_event(const Turn& turn) {
  Node& state = at(turn.node);
  if (const auto* durable = std::get_if<Persisted>(&turn.event))
    state.durable = std::max(state.durable, durable->upto);
  if (const auto* act = received<advanced_bully::Act>(turn.event))
    state.asked[{sender(turn.event), act->id}].insert(act->action.token);
  const auto* answer = received<advanced_bully::HeartbeatAnswer>(turn.event);
  if (answer == nullptr || state.leader != turn.node || answer->epoch != state.epoch) return;
  state.lease.answered(answer->renewal, sender(turn.event));
  state.heard_of[sender(turn.event)] = turn.told;
}

// Whom it follows, and why.
void AdvancedBullyDeeds::note_ruling(const Turn& turn) {
  Node& state = at(turn.node);
  const ElectionView& view = turn.view;
  if (view.epoch < state.epoch)
    report(turn, "epoch goes back",
           "is in epoch " + to_text(view.epoch) + " and was in " + to_text(state.epoch));
  const bool same = view.leader == state.leader && view.epoch == state.epoch;
  state.leader = view.leader;
  state.epoch = view.epoch;
  if (same || view.leader == nobody) return;
  state.heard = turn.told;
  const auto& ruling = *view.ruling;
  if (!ruling || ruling->certificate.candidate != view.leader ||
      ruling->certificate.epoch != view.epoch)
    return report(turn, "leader without certificate",
                  "takes " + called(view.leader) + " for the leader of epoch " +
                      to_text(view.epoch) + " and has no certificate of that");
  if (const std::string flaw = flaw_of(*ruling, promised_, keyring_, config_.cluster);
      !flaw.empty())
    report(turn, "leader without certificate",
           "takes " + called(view.leader) + " for the leader of epoch " + to_text(view.epoch) +
               ", and of the certificate " + flaw);
  if (view.leader != turn.node) return;
  state.heard_of.clear();
  state.lease = SeenLease(turn.node, config_.lease, electorate(promised_, ruling->struck));
  const auto own = state.votes.find(view.epoch);
  if (promised_.mode != quorum::Mode::none &&
      (own == state.votes.end() || own->second.second > state.durable))
    report(turn, "said before durable",
           "leads epoch " + to_text(view.epoch) + " before its own vote is durable");
}

void AdvancedBullyDeeds::look_at(Turn& turn, const Effect<Alphabet>& effect) {
  if (const auto* persist = std::get_if<Persist<advanced_bully::Record>>(&effect)) {
    for (const advanced_bully::Record& record : persist->records) {
      wrote(turn, record);
      write(at(turn.node), record);
    }
  } else if (const auto* send = std::get_if<Send<advanced_bully::Message>>(&effect)) {
    said(turn, send->to, send->message);
  }
}

void AdvancedBullyDeeds::wrote(const Turn& turn, const advanced_bully::Record& record) {
  if (const auto* struck = std::get_if<advanced_bully::Struck>(&record)) {
    const NodeId whom = struck->evidence.voter;
    if (const std::string flaw = flaw_of(struck->evidence, keyring_, config_.cluster);
        !flaw.empty())
      report(turn, "struck without proof", "strikes " + called(whom) + ", and " + flaw);
    if (!forgiving_ && !at(whom).exempt)
      report(turn, "honest node struck",
             "strikes " + called(whom) + ", which nobody made vote twice");
  }
  const auto* voted = std::get_if<advanced_bully::Voted>(&record);
  if (voted == nullptr || voted->vote.ballot.claim.candidate == turn.node) return;
  const quorum::Ballot& ballot = voted->vote.ballot;
  const auto* election = received<advanced_bully::Election>(turn.event);
  const bool asked = election != nullptr && election->epoch == ballot.epoch &&
                     election->claim == ballot.claim &&
                     ballot.claim.candidate == sender(turn.event);
  if (!asked || !follows_from(ballot.claim, ballot.epoch, election->breakdown))
    report(turn, "vote for unsupported score",
           "votes for " + called(ballot.claim.candidate) + " in epoch " + to_text(ballot.epoch) +
               ", which did not show what its score is made of");
}

void AdvancedBullyDeeds::said(Turn& turn, NodeId to, const advanced_bully::Message& message) {
  Node& state = at(turn.node);
  if (const auto* cast = std::get_if<advanced_bully::VoteCast>(&message)) {
    const quorum::Ballot& ballot = cast->vote.ballot;
    const auto vote = state.votes.find(ballot.epoch);
    if (vote == state.votes.end() || vote->second.first != ballot.claim.candidate ||
        vote->second.second > state.durable)
      report(turn, "said before durable",
             "says that it votes for " + called(ballot.claim.candidate) + " in epoch " +
                 to_text(ballot.epoch) + ", and a crash would undo that");
  } else if (const auto* accepted = std::get_if<advanced_bully::ActAccepted>(&message)) {
    const auto& asked = state.asked[{to, accepted->id}];  // a later life counts from 1 again
    if (std::none_of(asked.begin(), asked.end(), [&](const fencing::Token& token) {
          const auto taken = state.actions.find(token);
          return taken != state.actions.end() && taken->second <= state.durable;
        }))
      report(turn, "said before durable",
             "says that it took an action of " + called(to) + ", and a crash would undo that");
  } else if (const auto* act = std::get_if<advanced_bully::Act>(&message)) {
    acted(turn, act->action.token);
  } else if (std::holds_alternative<advanced_bully::HeartbeatAnswer>(message)) {
    if (to == turn.view.leader) state.heard = turn.told;
  } else if (const auto* resigned = std::get_if<advanced_bully::Resigned>(&message)) {
    const auto heir = state.heard_of.find(resigned->successor);
    if (heir == state.heard_of.end() || heir->second + config_.election_timeout <= turn.told)
      report(turn, "successor unheard",
             "hands over to " + called(resigned->successor) +
                 ", which it does not hear in this epoch");
  }
}

// One action goes to many.
void AdvancedBullyDeeds::acted(Turn& turn, const fencing::Token& token) {
  if (std::exchange(turn.token, token) == token) return;
  const Node& state = at(turn.node);
  if (state.exempt) return;
  const bool leads = state.leader == turn.node || turn.view.leader == turn.node;
  if (!leads || token.epoch != std::max(state.epoch, turn.view.epoch))
    report(turn, "token without office",
           "acts with token " + to_text(token) + " in epoch " + to_text(turn.view.epoch));
  if (leads && !at(turn.node).lease.holds(turn.told))
    report(turn, "acts without lease", "acts with token " + to_text(token) + " and has no lease");
  const auto [latest, fresh] = tokens_.emplace(token.epoch, Issued{turn.node, token.number});
  if (!fresh && latest->second.holder != turn.node)
    report(turn, "token without office",
           "acts with token " + to_text(token) + " of an epoch in which " +
               called(latest->second.holder) + " has acted");
  if (!fresh && token.number <= latest->second.number)
    report(turn, "token issued again",
           "acts with token " + to_text(token) + " after number " + to_text(latest->second.number));
  latest->second.number = std::max(latest->second.number, token.number);
}

void AdvancedBullyDeeds::failed(const Turn& turn, NodeId whom) {
  const Node& state = at(turn.node);
  if (whom != state.leader || turn.told < state.heard + config_.election_timeout)
    report(turn, "suspects too early",
           "gives " + called(whom) + " up after a silence of " + to_text(turn.told - state.heard));
}

}  // namespace lockstep::sim
