// Certificate: the votes that made somebody leader of an epoch. A leader's announcement carries it,
// and everybody checks it for himself.
//
// With an honest table and at most f faulty members, two certificates of one epoch name one
// candidate when the mode is byzantine. Of majority that holds only while no member votes twice.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/epoch.hpp"
#include "core/base/strong.hpp"
#include "core/quorum/offence.hpp"
#include "core/quorum/signature.hpp"
#include "core/quorum/table.hpp"
#include "core/quorum/vote.hpp"

namespace lockstep::quorum {

struct Certificate {
  Epoch epoch;
  NodeId candidate;
  TableDigest table;
  std::vector<Vote> votes;  // ascending by voter, each once, all with one claim
  static constexpr std::string_view name = "certificate";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("candidate", self.candidate);
    visit("table", self.table);
    visit("votes", self.votes);
  }
  friend bool operator==(const Certificate&, const Certificate&) = default;
};

// What is wrong, or nothing. Votes out of order or twice are a replay. How old the votes are is not
// asked: the epoch says whether a certificate still counts.
[[nodiscard]] std::optional<Offence> verify(const Certificate& certificate, const Table& table,
                                            const Keyring& keyring, ClusterId cluster);

}  // namespace lockstep::quorum
