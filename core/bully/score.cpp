#include "core/bully/score.hpp"

#include <algorithm>
#include <limits>

#include "core/base/check.hpp"
#include "core/base/digest.hpp"

namespace lockstep::bully {
namespace {

// Per mille of the whole, rounded down; the part is taken into 0..whole first. Wholes too large to
// be multiplied lose their last digits.
std::int64_t permille(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return 0;
  part = std::clamp<std::int64_t>(part, 0, whole);
  if (whole > std::numeric_limits<std::int64_t>::max() / 1000) {
    part /= 1000;
    whole /= 1000;
  }
  return part * 1000 / whole;
}

std::int64_t health(const Measures& measures) {
  const std::int64_t cpu = std::min(measures.cpu_permille, 1000u);
  const std::int64_t memory = std::min(measures.memory_permille, 1000u);
  return (2000 - cpu - memory) / 2;
}

// Laplace's rule of succession.
std::int64_t succession(std::uint32_t all, std::uint32_t bad) {
  const std::int64_t kept = std::int64_t{all} - std::min(all, bad);
  return permille(kept + 1, std::int64_t{all} + 2);
}

std::int64_t reliability(const History& history) {
  return (succession(history.beats, history.missed) + succession(history.terms, history.failed)) /
         2;
}

std::int64_t resources(const Hospital& hospital) {
  return (permille(hospital.beds_free, hospital.beds_total) +
          permille(hospital.doctors_free, hospital.doctors_total)) /
         2;
}

std::int64_t excess(std::uint32_t used_permille, std::uint32_t limit_permille) {
  return permille(std::int64_t{used_permille} - limit_permille,
                  1000 - std::int64_t{limit_permille});
}

std::int64_t id_part(const ScoreConfig& config, NodeId node) {
  return std::int64_t{node.value()} * config.weights.id * 1000;
}

// A part is a whole factor of 0..1000 per mille of its weight.
bool is_part(std::int64_t part, std::int64_t weight) {
  if (weight == 0) return part == 0;
  return part % weight == 0 && 0 <= part && part / weight <= 1000;
}
bool is_taken_off(std::int64_t part, std::int64_t weight) {
  return part != std::numeric_limits<std::int64_t>::min() && is_part(-part, weight);
}

}  // namespace

Breakdown score(const ScoreConfig& config, NodeId node, const Measures& measures) {
  check(refusal(config).empty(), "a score has sound weights and bounds");
  const ScoreWeights& weights = config.weights;
  const Hospital& hospital = measures.hospital;
  return {
      .id = id_part(config, node),
      .health = health(measures) * weights.health,
      .uptime = permille(measures.uptime.ns(), config.uptime_horizon.ns()) * weights.uptime,
      .load = -permille(hospital.visits, config.visits_bound) * weights.load,
      .latency = -permille(measures.latency.ns(), config.latency_bound.ns()) * weights.latency,
      .reliability = reliability(measures.history) * weights.reliability,
      .resources = resources(hospital) * weights.resources,
      .cpu_penalty =
          -excess(measures.cpu_permille, config.cpu_limit_permille) * weights.cpu_penalty,
      .memory_penalty =
          -excess(measures.memory_permille, config.memory_limit_permille) * weights.memory_penalty,
      .critical_boost = permille(hospital.critical, config.critical_bound) * weights.critical_boost,
  };
}

std::int64_t total(const Breakdown& breakdown) {
  std::uint64_t sum = 0;  // unsigned, because a peer's parts may overflow
  Breakdown::fields(breakdown, [&sum](std::string_view, std::int64_t part) {
    sum += static_cast<std::uint64_t>(part);
  });
  return static_cast<std::int64_t>(sum);
}

bool possible(const ScoreConfig& config, NodeId node, const Breakdown& breakdown) {
  const ScoreWeights& weights = config.weights;
  return breakdown.id == id_part(config, node) && is_part(breakdown.health, weights.health) &&
         is_part(breakdown.uptime, weights.uptime) && is_taken_off(breakdown.load, weights.load) &&
         is_taken_off(breakdown.latency, weights.latency) &&
         is_part(breakdown.reliability, weights.reliability) &&
         is_part(breakdown.resources, weights.resources) &&
         is_taken_off(breakdown.cpu_penalty, weights.cpu_penalty) &&
         is_taken_off(breakdown.memory_penalty, weights.memory_penalty) &&
         is_part(breakdown.critical_boost, weights.critical_boost);
}

quorum::Claim claim(Epoch epoch, NodeId node, const Breakdown& breakdown) {
  Digest digest;
  fold(digest, epoch);
  fold(digest, node);
  fold(digest, breakdown);
  return {
      .candidate = node, .score = total(breakdown), .digest = quorum::ScoreDigest(digest.value())};
}

bool supports(const ScoreConfig& config, Epoch epoch, const Breakdown& breakdown,
              const quorum::Claim& claimed) {
  return possible(config, claimed.candidate, breakdown) &&
         claim(epoch, claimed.candidate, breakdown) == claimed;
}

}  // namespace lockstep::bully
