// What an adversary may do to the advanced Bully election of a byzantine quorum: anything but sign
// in another's name.
#include <array>
#include <string>

#include "sim/fuzz/treason_draws.hpp"

namespace lockstep::sim {
namespace {

struct Lie {
  const char* message;
  const char* field;
};

constexpr std::array lies{Lie{"election", "epoch"},
                          Lie{"election", "claim.score"},
                          Lie{"election", "claim.candidate"},
                          Lie{"election", "breakdown.health"},
                          Lie{"election", "breakdown.load"},
                          Lie{"answer", "epoch"},
                          Lie{"vote_cast", "vote.ballot.epoch"},
                          Lie{"vote_cast", "vote.ballot.claim.candidate"},
                          Lie{"vote_cast", "vote.ballot.voter"},
                          Lie{"vote_refused", "newest"},
                          Lie{"coordinator", "certificate.epoch"},
                          Lie{"coordinator", "certificate.candidate"},
                          Lie{"coordinator", "certificate.votes.ballot.voter"},
                          Lie{"coordinator", "certificate.votes.ballot.cast_at"},
                          Lie{"heartbeat", "epoch"},
                          Lie{"heartbeat", "number"},
                          Lie{"heartbeat", "renewal"},
                          Lie{"heartbeat_answer", "epoch"},
                          Lie{"heartbeat_answer", "renewal"},
                          Lie{"heartbeat_answer", "score"},
                          Lie{"hand_over_asked", "epoch"},
                          Lie{"resigned", "successor"},
                          Lie{"accusation", "evidence.voter"},
                          Lie{"act", "action.token.epoch"},
                          Lie{"act", "action.token.number"},
                          Lie{"act_accepted", "id"}};

struct Mask {
  const char* message;
  const char* as;
  const char* field = nullptr;  // of what it becomes, that is not left empty
};
constexpr std::array masks{Mask{"answer", "vote_refused"},
                           Mask{"vote_refused", "answer"},
                           Mask{"who_leads", "answer"},
                           Mask{"heartbeat_answer", "hand_over_asked"},
                           Mask{"act_refused", "act_accepted"},
                           Mask{"vote_refused", "accusation", "evidence.voter"},
                           Mask{"heartbeat_answer", "accusation", "evidence.voter"}};

Json draw_lie(Dice& dice, bool differs) {
  Json lie = Json::object();
  if (!differs && dice.one_in(4)) {
    const Mask& mask = masks[dice.below(masks.size())];
    lie["message"] = mask.message;
    lie["as"] = mask.as;
    if (mask.field != nullptr) {
      lie["field"] = mask.field;
      lie["add"] = dice.between(1, 4);
    }
    return lie;
  }
  const Lie& chosen = lies[dice.below(lies.size())];
  lie["message"] = chosen.message;
  lie["field"] = chosen.field;
  lie["add"] = dice.pick({1, 1, 2, 1000, 1'000'000'000, -1});
  return lie;
}

Json draw_deed(Dice& dice) {
  Json deed = Json::object();
  switch (dice.below(5)) {
    case 0: {
      Json silent = Json::object();
      if (dice.one_in(2)) silent["ratio"] = "1/2";
      deed["silent"] = silent;
      break;
    }
    case 1: deed["replay"] = {{"ratio", dice.pick({"1/10", "1/2"})}}; break;
    case 2: deed["equivocate"] = draw_lie(dice, true); break;
    default: deed["lie"] = draw_lie(dice, false);
  }
  return deed;
}

std::string draw_culprit(Dice& dice, const Stage& stage) {
  return node_name(stage.culprits[dice.below(static_cast<std::uint32_t>(stage.culprits.size()))]);
}

}  // namespace

bool has_culprits(const Stage& stage) { return !stage.culprits.empty(); }

Json draw_traitor(Dice& dice, const Stage& stage) {
  Json traitor = Json::object();
  traitor["who"] = draw_culprit(dice, stage);
  traitor["does"] = Json::array();
  for (std::uint32_t deeds = dice.between(1, 3); deeds > 0; --deeds)
    traitor["does"].push_back(draw_deed(dice));
  return traitor;
}

// Each of the two talks to some.
Json draw_twins(Dice& dice, const Stage& stage) {
  Json twins = Json::object();
  const std::string who = draw_culprit(dice, stage);
  twins["who"] = who;
  Json second = Json::array();
  for (std::uint32_t n = 1; n <= stage.nodes; ++n) {
    if (node_name(n) != who && dice.one_in(2)) second.push_back(node_name(n));
  }
  if (second.empty()) second.push_back(who == "n1" ? "n2" : "n1");
  twins["second"] = second;
  return twins;
}

}  // namespace lockstep::sim
