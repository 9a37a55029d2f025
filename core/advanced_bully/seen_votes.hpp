// SeenVotes: the latest votes of one member that a node has read, one an epoch, of the newest
// epochs: two of one epoch for different candidates are proof, however late they meet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/quorum/vote.hpp"

namespace lockstep::advanced_bully {

class SeenVotes {
 public:
  static constexpr std::size_t most = 8;

  // The vote for another candidate that was seen in its epoch. Without one it is kept itself.
  // REQUIRES: it is authentic, and the member's.
  std::optional<quorum::Vote> note(const quorum::Vote& vote) {
    const auto place = std::lower_bound(
        votes_.begin(), votes_.end(), vote.ballot.epoch,
        [](const quorum::Vote& known, Epoch epoch) { return known.ballot.epoch < epoch; });
    if (place != votes_.end() && place->ballot.epoch == vote.ballot.epoch) {
      if (place->ballot.claim.candidate == vote.ballot.claim.candidate) return std::nullopt;
      return *place;
    }
    votes_.insert(place, vote);
    if (votes_.size() > most) votes_.erase(votes_.begin());
    return std::nullopt;
  }

  friend bool operator==(const SeenVotes&, const SeenVotes&) = default;

 private:
  std::vector<quorum::Vote> votes_;  // ascending by epoch
};

}  // namespace lockstep::advanced_bully
