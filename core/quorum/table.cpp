#include "core/quorum/table.hpp"

#include <algorithm>
#include <functional>

#include "core/base/check.hpp"
#include "core/base/digest.hpp"
#include "core/text/to_text.hpp"

namespace lockstep::quorum {
namespace {

// "(f = 1, W = 40, F = 10, in tenths)".
std::string numbers(const Table& table) {
  return " (f = " + to_text(table.f) + ", W = " + to_text(table.total()) +
         ", F = " + to_text(table.faulty()) + ", in tenths)";
}

std::string flaw_of_members(const Table& table) {
  const Member* before = nullptr;
  for (const Member& member : table.members) {
    const std::string who = to_text(member.node);
    if (member.node == nobody || is_client(member.node)) return who + " cannot be a member";
    if (before != nullptr && member.node <= before->node)
      return "members must ascend, each once: " + who + " follows " + to_text(before->node);
    if (member.weight < lightest || heaviest < member.weight)
      return "the weight of " + who + " is " + to_text(member.weight) + ", not 1..20 tenths";
    if (table.mode == Mode::majority && member.weight != plain)
      return "the weight of " + who + " is " + to_text(member.weight) +
             ": a majority counts nodes, so all weights are 10 tenths";
    before = &member;
  }
  return {};
}

}  // namespace

const Member* Table::find(NodeId node) const {
  const auto at =
      std::lower_bound(members.begin(), members.end(), node,
                       [](const Member& member, NodeId wanted) { return member.node < wanted; });
  return at != members.end() && at->node == node ? &*at : nullptr;
}

std::uint64_t Table::total() const {
  std::uint64_t sum = 0;
  for (const Member& member : members) sum += member.weight.value();
  return sum;
}

std::uint64_t Table::faulty() const {
  std::vector<std::uint32_t> weights;
  for (const Member& member : members) weights.push_back(member.weight.value());
  std::sort(weights.begin(), weights.end(), std::greater<>());
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < weights.size() && i < f; ++i) sum += weights[i];
  return sum;
}

std::uint64_t Table::threshold() const {
  switch (mode) {
    case Mode::none: return 0;
    case Mode::majority: return total() / 2 + 1;
    case Mode::byzantine: return (total() + faulty()) / 2 + 1;
    case Mode::degraded: return (total() + 1) / 2;
  }
  return total() + 1;
}

std::uint64_t Table::weight_of(std::span<const NodeId> voters) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < voters.size(); ++i) {
    check(i == 0 || voters[i - 1] < voters[i], "voters ascend, each once");
    if (const Member* const member = find(voters[i])) sum += member->weight.value();
  }
  return sum;
}

Table Table::in(Epoch other) const {
  Table table = *this;
  table.epoch = other;
  return table;
}

Table Table::strike(NodeId culprit) const {
  Table table = in(epoch.next());
  const auto struck =
      std::erase_if(table.members, [&](const Member& member) { return member.node == culprit; });
  if (struck > 0 && table.f > 0) --table.f;
  return table;
}

TableDigest Table::digest() const {
  Digest digest;
  fold(digest, *this);
  return TableDigest(digest.value());
}

std::string refusal(const Table& table) {
  if (table.members.empty()) return "a table has at least one member";
  if (std::string flaw = flaw_of_members(table); !flaw.empty()) return flaw;
  if (table.mode == Mode::none) return {};
  if (table.members.size() < table.f)
    return "f = " + to_text(table.f) + " of " + to_text(table.members.size()) +
           " members: there are not so many";
  if (table.mode == Mode::byzantine && table.total() <= 3 * table.faulty())
    return "W must be above 3F, or the faulty ones can make two leaders or none" + numbers(table);
  if (table.total() - table.faulty() < table.threshold())
    return "f is too large: what the others weigh stays below the threshold " +
           to_text(table.threshold()) + numbers(table);
  return {};
}

}  // namespace lockstep::quorum
