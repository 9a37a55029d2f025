// Table: who may vote in an epoch and what each vote weighs, so that all count with the same
// numbers. A value that is part of the certified configuration: votes name its digest.
//
//   byzantine  floor((W + F) / 2) + 1: two quorums share more than F, so at least one honest vote
//              (Malkhi, Reiter 1998, here with weights). Needs W > 3F.
//   majority   floor(W / 2) + 1, all weights 1.0: two quorums share a node, which may lie
//   degraded   half of W in place of two thirds: two quorums may share nobody. Unsafe by intent.
//   none       nobody is asked: the textbook's election, which splits. Unsafe by intent.
//
// W is the total weight, F the largest weight that up to f nodes can hold, both in tenths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/epoch.hpp"
#include "core/base/strong.hpp"
#include "core/quorum/weight.hpp"

namespace lockstep::quorum {

enum class Mode : std::uint8_t { none, majority, byzantine, degraded };
constexpr std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::none: return "none";
    case Mode::majority: return "majority";
    case Mode::byzantine: return "byzantine";
    case Mode::degraded: return "degraded";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Mode) { return 4; }

struct Member {
  NodeId node;
  Weight weight = plain;
  static constexpr std::string_view name = "member";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("node", self.node);
    visit("weight", self.weight);
  }
  friend bool operator==(const Member&, const Member&) = default;
};

// 64 bits of core/base/digest.hpp: tells tables apart that differ by mistake, and is no defence
// against somebody who looks for two with one digest.
using TableDigest = Strong<struct TableDigestTag>;

struct Table {
  Epoch epoch;
  Mode mode = Mode::byzantine;
  std::uint32_t f = 0;          // how many members may be faulty
  std::vector<Member> members;  // ascending by node, each once

  [[nodiscard]] const Member* find(NodeId node) const;
  [[nodiscard]] std::uint64_t total() const;      // W
  [[nodiscard]] std::uint64_t faulty() const;     // F
  [[nodiscard]] std::uint64_t threshold() const;  // what a quorum weighs at least
  // Who is no member weighs nothing. REQUIRES: ascending, each once.
  [[nodiscard]] std::uint64_t weight_of(std::span<const NodeId> voters) const;
  [[nodiscard]] bool reaches(std::span<const NodeId> voters) const {
    return threshold() <= weight_of(voters);
  }

  // The same members in another epoch.
  [[nodiscard]] Table in(Epoch other) const;
  // The next epoch's table without the culprit, and f one less, not below 0. Of somebody who is no
  // member, the same members in the next epoch. May be a table that is refused: ask.
  [[nodiscard]] Table strike(NodeId culprit) const;
  [[nodiscard]] TableDigest digest() const;

  static constexpr std::string_view name = "table";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("mode", self.mode);
    visit("f", self.f);
    visit("members", self.members);
  }
  friend bool operator==(const Table&, const Table&) = default;
};

// Why nobody should vote by this table, with the numbers, or empty. Everything else here is defined
// for any table that decodes; what is promised about quorums holds for tables that pass.
[[nodiscard]] std::string refusal(const Table& table);

}  // namespace lockstep::quorum
