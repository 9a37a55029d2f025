// Score of a candidate, in thousandths of a point (fixed point; nothing rounds after the factors):
//
//   id*1000 + health*500 + uptime*300 - load*200 - latency*100 + reliability*400 + resources*250
//
// less what a nearly full CPU or memory costs, plus a boost for critical patients. Factors are in
// whole per mille of [0, 1], rounded down:
//
//   health       1 less the mean of CPU and memory
//   uptime       over the horizon, saturating: age alone cannot outweigh everything
//   load         active visits over their bound, saturating
//   latency      over its bound, saturating
//   reliability  mean of heartbeats kept and terms led to their end, each by Laplace's rule of
//                succession, (kept + 1) / (all + 2), so that no history is worth a half
//   resources    mean of beds free and doctors free; of none at all, 0
//
// Refuses to see through a lie that is consistent: a claim shows that a score follows from the
// factors its candidate published, not that these were measured. Scores are compared within one
// epoch only, and the epoch is part of the digest.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "core/base/epoch.hpp"
#include "core/base/strong.hpp"
#include "core/bully/measures.hpp"
#include "core/bully/score_config.hpp"
#include "core/quorum/vote.hpp"

namespace lockstep::bully {

// Thousandths of a point, each with its sign: what is taken off is <= 0.
struct Breakdown {
  std::int64_t id = 0;
  std::int64_t health = 0;
  std::int64_t uptime = 0;
  std::int64_t load = 0;
  std::int64_t latency = 0;
  std::int64_t reliability = 0;
  std::int64_t resources = 0;
  std::int64_t cpu_penalty = 0;
  std::int64_t memory_penalty = 0;
  std::int64_t critical_boost = 0;

  static constexpr std::string_view name = "breakdown";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("id", self.id);
    visit("health", self.health);
    visit("uptime", self.uptime);
    visit("load", self.load);
    visit("latency", self.latency);
    visit("reliability", self.reliability);
    visit("resources", self.resources);
    visit("cpu_penalty", self.cpu_penalty);
    visit("memory_penalty", self.memory_penalty);
    visit("critical_boost", self.critical_boost);
  }
  friend bool operator==(const Breakdown&, const Breakdown&) = default;
};

// REQUIRES: refusal(config) is empty.
[[nodiscard]] Breakdown score(const ScoreConfig& config, NodeId node, const Measures& measures);
// The score. Of a breakdown that is not possible() the sum may wrap.
[[nodiscard]] std::int64_t total(const Breakdown& breakdown);
// Each part is whole per mille of its weight, with its sign, and the id's is the node's own.
[[nodiscard]] bool possible(const ScoreConfig& config, NodeId node, const Breakdown& breakdown);

// Higher is fitter; equal scores are decided by the higher id.
struct Fitness {
  std::int64_t score = 0;
  NodeId node;
  static constexpr std::string_view name = "fitness";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("score", self.score);
    visit("node", self.node);
  }
  friend constexpr auto operator<=>(const Fitness&, const Fitness&) = default;
};

// What the node says of itself in that epoch, and everybody who has the breakdown can check.
[[nodiscard]] quorum::Claim claim(Epoch epoch, NodeId node, const Breakdown& breakdown);
// The breakdown is possible and gives the claimed score and digest. False is an unsupported_score.
[[nodiscard]] bool supports(const ScoreConfig& config, Epoch epoch, const Breakdown& breakdown,
                            const quorum::Claim& claimed);

}  // namespace lockstep::bully
