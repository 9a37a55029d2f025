// Weighing: from how reliably the members answer its heartbeats, a leader proposes what their votes
// weigh in the elections after its own: 0.1 to 2.0, in tenths.
//
// A candidate names the newest weights it knows, its voters sign the digest of the table they give,
// and the certificate names them: so everybody counts an epoch with the same numbers. Beside that
// every certificate must be a quorum of the configured table. That is why no two tables that nodes
// know have to fit together, whoever proposed them, and why one epoch has one leader: two quorums
// of the configured table share an honest voter, who votes once an epoch. Whoever lies about
// weights, as a leader or as a candidate, wins with no vote less. The price: the weights can ask
// for more or for others, never for fewer than the configuration does. With equal weights and
// n = 3f + 1 every table that holds has the quorums of the configured one.
//
// What a lie may cost is time: any n - f members are a quorum of every table that holds, and who
// was not elected twice by the weights stands by the configured table.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/flat_map.hpp"
#include "core/base/strong.hpp"
#include "core/quorum/table.hpp"

namespace lockstep::advanced_bully {

using Weights = std::vector<quorum::Weight>;  // of nodes 1, 2, …; empty: as configured

// One for each node, and the table with them holds; or none.
[[nodiscard]] bool are_weights(const quorum::Table& configured, const Weights& weights);
// The table with these weights; itself when that would not hold, as it may be after a strike.
// REQUIRES: are_weights(configured, weights), and the table's members are of the configured.
[[nodiscard]] quorum::Table weighed(const quorum::Table& table, const Weights& weights);

class Weighing {
 public:
  static constexpr std::uint32_t round = 16;  // beats

  // The member answered one more beat.
  void answered(NodeId member) { ++answers_[member]; }
  // A beat is over. With the last of a round what the members weigh from then on: each a tenth
  // nearer to what it was worth in this round, or as before if that would not hold.
  std::optional<Weights> beat(const quorum::Table& configured, const Weights& known);

  friend bool operator==(const Weighing&, const Weighing&) = default;

 private:
  std::uint32_t beats_ = 0;  // of this round
  FlatMap<NodeId, std::uint32_t> answers_;
};

}  // namespace lockstep::advanced_bully
