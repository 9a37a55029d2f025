#include "core/advanced_bully/weighing.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::advanced_bully {
namespace {

quorum::Table with(quorum::Table table, const Weights& weights) {
  for (quorum::Member& member : table.members) member.weight = weights[member.node.value() - 1];
  return table;
}

quorum::Weight nearer(quorum::Weight weight, quorum::Weight to) {
  return quorum::Weight(weight < to ? weight.value() + 1 : weight.value() - (to < weight ? 1 : 0));
}

}  // namespace

bool are_weights(const quorum::Table& configured, const Weights& weights) {
  if (weights.empty()) return true;
  return weights.size() == configured.members.size() &&
         quorum::refusal(with(configured, weights)).empty();
}

quorum::Table weighed(const quorum::Table& table, const Weights& weights) {
  if (weights.empty()) return table;
  quorum::Table other = with(table, weights);
  return quorum::refusal(other).empty() ? other : table;
}

std::optional<Weights> Weighing::beat(const quorum::Table& configured, const Weights& known) {
  check(are_weights(configured, known), "weights are those of the members");
  if (++beats_ < round) return std::nullopt;
  Weights next;
  for (const quorum::Member& member : weighed(configured, known).members) {
    const std::uint32_t kept = std::min(answers_[member.node], round);
    next.push_back(nearer(member.weight, quorum::weight_from_reliability(kept * 1000 / round)));
  }
  *this = {};
  return are_weights(configured, next) ? next : known;
}

}  // namespace lockstep::advanced_bully
