// What an operator or a scenario may choose about the score of a candidate. Defaults are the field
// notes'.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.hpp"

namespace lockstep::bully {

// Points a factor of 1 is worth. With an id worth 1000 points a step, the id all but decides: the
// rest of the formula spans fewer than 2000. That is the Bully of the field notes, and the default.
// An election by fitness sets `id` to 0 (see fittest()); ids then break ties only.
struct ScoreWeights {
  std::uint32_t id = 1000;  // a step of the id
  std::uint32_t health = 500;
  std::uint32_t uptime = 300;
  std::uint32_t load = 200;     // taken off
  std::uint32_t latency = 100;  // taken off
  std::uint32_t reliability = 400;
  std::uint32_t resources = 250;
  std::uint32_t cpu_penalty = 500;     // taken off at 100 % CPU
  std::uint32_t memory_penalty = 500;  // taken off at 100 % memory
  std::uint32_t critical_boost = 200;
  friend bool operator==(const ScoreWeights&, const ScoreWeights&) = default;
};
inline constexpr std::uint32_t largest_score_weight = 1'000'000;

struct ScoreConfig {
  ScoreWeights weights{};                      // each at most largest_score_weight
  Duration uptime_horizon = seconds(86'400);   // uptime of 1, > 0
  Duration latency_bound = milliseconds(100);  // latency of 1, > 0
  std::uint32_t visits_bound = 100;            // load of 1, > 0
  std::uint32_t critical_bound = 10;           // critical patients that give the whole boost, > 0
  // A penalty grows from nothing at the limit to the whole of it at 1000 per mille; 0..999.
  std::uint32_t cpu_limit_permille = 900;
  std::uint32_t memory_limit_permille = 900;
  friend bool operator==(const ScoreConfig&, const ScoreConfig&) = default;
};

// As the field notes, but the id breaks ties only.
[[nodiscard]] constexpr ScoreConfig fittest() {
  ScoreConfig config;
  config.weights.id = 0;
  return config;
}

// What is wrong with a configuration, or nothing.
[[nodiscard]] std::string_view refusal(const ScoreConfig& config);

}  // namespace lockstep::bully
