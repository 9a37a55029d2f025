// A node that breaks every rule it can: it signs what it likes with its own key, repeats and cuts
// what it has heard, and says the rest. It forges no signature.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/advanced_bully/mini_network_test.hpp"

namespace lockstep::advanced_bully {

class Liar {
 public:
  Liar(MiniNetwork& network, Config config, NodeId self, std::uint64_t seed);

  bool careful = false;  // leaves no proof: votes for one candidate an epoch

  void hear(NodeId from, const Message& message);
  // Tells a random lie to a random node, or another one to everybody.
  void act();

  // Each lie by itself.
  void vote_for_all(const Election& election, NodeId candidate);
  void stand(NodeId to, Epoch epoch);  // with the best score there is
  void vote_oddly(NodeId to);          // from the future, too old, forged, for nobody
  void announce_falsely(NodeId to);    // too few votes, or somebody else's
  void accuse_falsely(NodeId to);
  void act_falsely(NodeId to);
  void rule_falsely(NodeId to);  // heartbeats, resignations, hand-overs, answers out of nothing
  void repeat(NodeId to);        // what it heard, as its own

  [[nodiscard]] quorum::Vote vote(Epoch epoch, const quorum::Claim& claim, Instant at,
                                  const Proofs& struck = {}) const;
  [[nodiscard]] bully::Breakdown best() const;
  [[nodiscard]] Epoch newest() const { return newest_; }

 private:
  [[nodiscard]] Epoch some_epoch();
  [[nodiscard]] Weights some_weights();
  [[nodiscard]] bool may_vote(Epoch epoch, NodeId candidate);

  MiniNetwork* network_;
  Config config_;
  NodeId self_;
  Random random_;
  Epoch newest_;  // heard of
  std::map<Epoch, NodeId> voted_;
  std::vector<Message> heard_;
  std::vector<quorum::Vote> votes_;
  std::vector<quorum::Certificate> certificates_;
};

}  // namespace lockstep::advanced_bully
