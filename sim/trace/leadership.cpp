#include "sim/trace/leadership.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace lockstep::sim {

namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

// The term a message's text names, if it names one: "received n2 vote_granted{term=3}".
std::optional<std::uint64_t> term_in(std::string_view text) {
  constexpr std::string_view key = "term=";
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t term = 0;
  const char* digits = text.data() + at + key.size();
  if (std::from_chars(digits, text.data() + text.size(), term).ec != std::errc())
    return std::nullopt;
  return term;
}

class LineReader {
 public:
  void operator()(const TracedStep& step) {
    if (step.role.empty()) return;
    Seat& seat = seats_[step.node.value()];
    const RoleKind kind = role_kind(step.role);
    if (seat.reign != none &&
        (kind != RoleKind::chief || result_.reigns[seat.reign].term != step.term))
      end_reign(seat, step.at, false);
    if (kind == RoleKind::contender) contend(seat, step);
    count_vote(seat, step);
    if (kind == RoleKind::chief && seat.reign == none) begin_reign(seat, step);
    if (kind != RoleKind::contender)
      end_campaign(seat, step.at,
                   kind == RoleKind::chief ? Campaign::Result::won : Campaign::Result::lost);
  }
  void operator()(const TracedFault& fault) {
    if (fault.kind != "crash") return;
    for (const NodeId node : fault.nodes) {
      Seat& seat = seats_[node.value()];
      end_reign(seat, fault.at, true);
      end_campaign(seat, fault.at, Campaign::Result::crashed);
    }
  }
  void operator()(const TracedDrop&) {}
  void operator()(const TracedViolation&) {}

  Leadership take() { return std::move(result_); }

 private:
  struct Seat {
    std::size_t reign = none;     // the open one's place
    std::size_t campaign = none;  // the open one's place
  };

  void begin_reign(Seat& seat, const TracedStep& step) {
    seat.reign = result_.reigns.size();
    result_.reigns.push_back({step.node, step.role, step.term, step.at, step.number, {}, false});
    // Chief without a campaign that was seen, as when it is settled within one step: a campaign of
    // no length, so that every reign has its election.
    if (seat.campaign == none) begin_campaign(seat, step);
  }
  void end_reign(Seat& seat, Instant at, bool crashed) {
    if (seat.reign == none) return;
    result_.reigns[seat.reign].ended = at;
    result_.reigns[seat.reign].crashed = crashed;
    seat.reign = none;
  }

  void begin_campaign(Seat& seat, const TracedStep& step) {
    seat.campaign = result_.campaigns.size();
    Campaign campaign;
    campaign.node = step.node;
    campaign.term = step.term;
    campaign.began = step.at;
    campaign.step = step.number;
    result_.campaigns.push_back(std::move(campaign));
  }
  void contend(Seat& seat, const TracedStep& step) {
    const bool asks = step.role.starts_with("pre_");
    if (seat.campaign != none) {
      const Campaign& running = result_.campaigns[seat.campaign];
      if (running.stood && (asks || step.term > running.term))
        end_campaign(seat, step.at, Campaign::Result::lost);
    }
    if (seat.campaign == none) begin_campaign(seat, step);
    Campaign& campaign = result_.campaigns[seat.campaign];
    campaign.stood = campaign.stood || !asks;
    campaign.term = std::max(campaign.term, step.term);
  }
  void end_campaign(Seat& seat, Instant at, Campaign::Result result) {
    if (seat.campaign == none) return;
    Campaign& campaign = result_.campaigns[seat.campaign];
    campaign.ended = at;
    campaign.result = result;
    campaign.stood = campaign.stood || result == Campaign::Result::won;
    seat.campaign = none;
  }
  void count_vote(const Seat& seat, const TracedStep& step) {
    if (seat.campaign == none || step.event != "received") return;
    if (!step.name.ends_with("granted") || step.name.starts_with("pre_")) return;
    Campaign& campaign = result_.campaigns[seat.campaign];
    if (term_in(step.text).value_or(campaign.term) != campaign.term) return;
    auto& voters = campaign.voters;
    if (std::find(voters.begin(), voters.end(), step.from) == voters.end())
      voters.push_back(step.from);
  }

  Leadership result_;
  std::unordered_map<std::uint32_t, Seat> seats_;
};

}  // namespace

RoleKind role_kind(std::string_view role) {
  if (role == "leader" || role == "coordinator") return RoleKind::chief;
  if (role == "candidate" || role == "pre_candidate" || role == "electing" || role == "waiting")
    return RoleKind::contender;
  return RoleKind::passive;
}

Leadership read_leadership(const std::vector<TraceLine>& lines) {
  LineReader reader;
  for (const TraceLine& line : lines) std::visit([&](const auto& item) { reader(item); }, line);
  return reader.take();
}

}  // namespace lockstep::sim
