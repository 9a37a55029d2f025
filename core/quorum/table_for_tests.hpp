// Short makers of tables, ballots and votes, used by every test of quorums.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/quorum/ideal_scheme.hpp"
#include "core/quorum/table.hpp"
#include "core/quorum/vote.hpp"

namespace lockstep::quorum {

// Nodes 1, 2, ... with these weights.
inline Table table_of(Mode mode, std::uint32_t f, const std::vector<std::uint32_t>& weights,
                      Epoch epoch = Epoch(1)) {
  Table table{.epoch = epoch, .mode = mode, .f = f, .members = {}};
  for (const std::uint32_t weight : weights)
    table.members.push_back(
        {NodeId(static_cast<std::uint32_t>(table.members.size()) + 1), Weight(weight)});
  return table;
}

inline constexpr ClusterId hospital_cluster{77};
inline constexpr std::uint64_t keys_seed = 5;

inline Keyring keyring_of(std::uint32_t node, std::uint32_t count = 7) {
  return ideal_keyring(keys_seed, NodeId(node), count);
}

// What candidates claim in these tests.
inline Claim claim_of(std::uint32_t candidate) {
  return {.candidate = NodeId(candidate),
          .score = 1000 * std::int64_t{candidate},
          .digest = ScoreDigest(candidate)};
}

inline Ballot ballot_of(const Table& table, std::uint32_t voter, std::uint32_t candidate,
                        Instant cast_at = {}) {
  return {.cluster = hospital_cluster,
          .epoch = table.epoch,
          .table = table.digest(),
          .claim = claim_of(candidate),
          .cast_at = cast_at,
          .voter = NodeId(voter)};
}

inline Vote vote_of(const Table& table, std::uint32_t voter, std::uint32_t candidate,
                    Instant cast_at = {}) {
  return cast(ballot_of(table, voter, candidate, cast_at), keyring_of(voter));
}

// The same ballot, signed by its voter.
inline Vote signed_again(const Ballot& ballot) {
  return cast(ballot, keyring_of(ballot.voter.value()));
}

}  // namespace lockstep::quorum
