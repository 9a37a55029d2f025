// Leading: under a lease that a quorum renews, until somebody better is asked to take over.
#include <algorithm>

#include "core/advanced_bully/advanced_bully.hpp"

namespace lockstep::advanced_bully {

void AdvancedBully::lead(Turn& turn, const quorum::Certificate& certificate) {
  auto& electing = std::get<Electing>(role_);
  const Epoch epoch = certificate.epoch;
  const NodeId before = ruled_.leader;
  ruling_ = Coordinator{certificate, std::move(electing.struck), std::move(electing.weights)};
  ruled_ = {epoch, self()};
  office_ = {.beat = {}, .heard = turn.now};
  persist(turn, ruled_);
  note(turn, audit::QuorumReached{epoch, self(),
                                  static_cast<std::uint32_t>(electing.box.weight_for(self())),
                                  static_cast<std::uint32_t>(electing.box.table().threshold())});
  note(turn, audit::ElectionWon{epoch, self(), electing.claim.score});
  if (before != self()) note(turn, audit::LeaderChanged{epoch, before, self()});
  Leading leading{.since = turn.now,
                  .lease = fencing::Lease(config_.lease),
                  .token = {epoch, 1},
                  .beat = {},
                  .beat_at = {},
                  .reports = {},
                  .weighing = {},
                  .asked = {},
                  .pending = {}};
  note(turn, audit::TokenIssued{leading.token, self()});
  ++history_.terms;
  attempts_ = 0;
  peers_.forget_patience();
  send_to_others(turn, *ruling_);
  take_role(turn, std::move(leading), turn.now + config_.heartbeat);
  armed_ = false;
  keep_history(turn);
  beat(turn);
}

void AdvancedBully::beat(Turn& turn) {
  auto& leading = std::get<Leading>(role_);
  const bool grace = !leading.lease.until() && turn.now < leading.since + config_.election_timeout;
  if (!leading.lease.holds(turn.now) && !grace) {
    ++history_.failed;
    return step_down(turn);
  }
  if (!leading.pending.empty() && leading.pending.front().until <= turn.now) {
    end_action(turn, Doubtful{});
    if (role() != RoleName::coordinator) return;
  }
  round_trip_ = usual_round_trip(turn.now);
  const auto best = successor(turn.now);
  const bool may_return = turn.now >= leading.since + config_.min_office;
  if (best && may_return && best->score > bully::total(breakdown(turn.now)) + config_.hysteresis)
    return hand_over(turn);

  const auto due = leading.lease.renew_at();
  if (!due || *due <= turn.now || !leading.lease.until())
    renew(turn, leading.lease.requested(turn.now), self());
  remember_beat(turn);
  ++leading.beat;
  leading.beat_at = turn.now;
  for (NodeId node(1); node <= NodeId(count_); ++node) {
    if (node == self()) continue;
    const Report* report = leading.reports.find(node);
    send(turn, node,
         Heartbeat{.epoch = ruled_.epoch,
                   .number = leading.beat,
                   .renewal = newest_round_,
                   .round_trip = report == nullptr ? Duration(0) : report->round_trip,
                   .cpu_permille = vitals_.cpu_permille,
                   .memory_permille = vitals_.memory_permille});
  }
  arm(turn, turn.now + config_.heartbeat);
}

// Followers count the beats that reach them, and the leader those of its own that reached somebody:
// or whoever leads would look less reliable with every beat than those it leads.
void AdvancedBully::remember_beat(Turn& turn) {
  auto& leading = std::get<Leading>(role_);
  if (leading.beat == BeatNumber{}) return;
  const bool reached =
      count_ == 1 || std::any_of(leading.reports.begin(), leading.reports.end(),
                                 [&](const auto& r) { return leading.beat_at <= r.second.heard; });
  count_beats(turn, 1, reached ? 0 : 1);
  if (reached) leading.weighing.answered(self());
  weigh(turn);
}

// For the elections after this one.
void AdvancedBully::weigh(Turn& turn) {
  if (!config_.adapts_weights || base_.mode != quorum::Mode::byzantine) return;
  auto next = std::get<Leading>(role_).weighing.beat(base_, weights_);
  if (!next) return;
  const Weighed said{ruled_.epoch, *std::move(next)};
  send_to_others(turn, said);
  if (weights_ == said.weights) return;
  weights_ = said.weights;
  persist(turn, said);
}

// An answer to a round of the lease; the leader's own comes first.
void AdvancedBully::renew(Turn&, Renewal round, NodeId member) {
  auto& leading = std::get<Leading>(role_);
  if (member == self()) newest_round_ = round;
  const quorum::Table table = this->table(ruled_.epoch, ruling_->struck);
  (void)leading.lease.granted(round, member, [&](auto members) { return table.reaches(members); });
}

void AdvancedBully::step_down(Turn& turn) {
  auto& leading = std::get<Leading>(role_);
  const std::deque<Pending> pending = std::move(leading.pending);
  for (const Pending& action : pending) {
    const bool begun = action.id != ActionId{};
    turn.out.emplace_back(lockstep::Answer<Reply>{
        action.request, begun ? Reply(Doubtful{}) : Reply(NotLeader{nobody})});
  }
  take_role(turn, Following{.leader = nobody, .beat = {}, .predictor = {}},
            turn.now + config_.coordinator_timeout);
  keep_history(turn);
}

// The lower median of those heard within an election timeout: one that answers late, or pretends
// to, makes no leader look slow.
Duration AdvancedBully::usual_round_trip(Instant now) const {
  std::vector<Duration> all;
  for (const auto& [node, report] : std::get<Leading>(role_).reports)
    if (now < report.heard + config_.election_timeout) all.push_back(report.round_trip);
  if (all.empty()) return {};
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>((all.size() - 1) / 2);
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

// The fittest of those that were heard within an election timeout and can win.
std::optional<bully::Fitness> AdvancedBully::successor(Instant now) const {
  std::optional<bully::Fitness> best;
  const quorum::Table table = this->table(newest(), struck_);
  for (const auto& [node, report] : std::get<Leading>(role_).reports) {
    if (now >= report.heard + config_.election_timeout || peers_.is_passed_over(now, node))
      continue;
    if (table.find(node) == nullptr) continue;
    const bully::Fitness fitness{report.score, node};
    if (!best || *best < fitness) best = fitness;
  }
  return best;
}

// Who resigned stands aside: it neither bullies nor stands until the cool-down is over.
void AdvancedBully::hand_over(Turn& turn) {
  if (role() != RoleName::coordinator) return;
  const auto heir = successor(turn.now);
  if (!heir) return;
  send_to_others(turn, Resigned{ruled_.epoch, heir->node});
  peers_[self()].aside = turn.now + config_.cool_down;
  step_down(turn);
}

void AdvancedBully::on(Turn& turn, NodeId from, const WhoLeads& message) {
  if (ruling_ && message.epoch <= ruled_.epoch) send(turn, from, *ruling_);
}

void AdvancedBully::on(Turn& turn, NodeId from, const HeartbeatAnswer& message) {
  auto* leading = std::get_if<Leading>(&role_);
  if (leading == nullptr || message.epoch != ruled_.epoch) return;
  if (message.number > leading->beat) return;  // a lie
  Report& report = leading->reports[from];
  if (message.number <= report.beat) return;  // again, or late
  report.beat = message.number;
  leading->weighing.answered(from);
  report.heard = turn.now;
  report.score = message.score;
  if (message.number == leading->beat) report.round_trip = turn.now - leading->beat_at;
  renew(turn, message.renewal, from);
}

// A liar may ask as well: of a byzantine quorum more must ask than can lie.
void AdvancedBully::on(Turn& turn, NodeId from, const HandOverAsked& message) {
  auto* leading = std::get_if<Leading>(&role_);
  if (leading == nullptr || message.epoch != ruled_.epoch) return;
  leading->asked[from] = turn.now;
  std::vector<NodeId> askers;
  for (const auto& [node, at] : leading->asked) {
    if (turn.now < at + config_.cool_down) askers.push_back(node);
  }
  const quorum::Table table = this->table(ruled_.epoch, ruling_->struck);
  if (table.weight_of(askers) > table.faulty()) hand_over(turn);
}

}  // namespace lockstep::advanced_bully
