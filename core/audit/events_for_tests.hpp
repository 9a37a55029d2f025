// Events to build trails of, in tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/audit/trail.hpp"
#include "core/base/random.hpp"
#include "core/base/sha256.hpp"

namespace lockstep::audit::tests {

// One of each kind, in the order of What.
inline std::vector<What> one_of_each() {
  const Token token{Epoch(3), 300};
  return {ElectionStarted{Epoch(3), NodeId(2)},
          ElectionWon{Epoch(3), NodeId(4), -2500},
          LeaderChanged{Epoch(3), nobody, NodeId(4)},
          NodeFailed{NodeId(1)},
          NodeRecovered{NodeId(1)},
          HeartbeatMissed{NodeId(1), 2},
          PreemptiveElection{Epoch(3), NodeId(4), 850},
          ByzantineDetected{Epoch(3), NodeId(2), "two_votes", sha256("evidence")},
          QuorumReached{Epoch(3), NodeId(4), 31, 27},
          QuorumFailed{Epoch(3), NodeId(2), 10, 27},
          TokenIssued{token, NodeId(4)},
          TokenRefused{{Epoch(2), 7}, NodeId(2), token}};
}

inline What any_what(Random& random) {
  const auto node = [&] { return NodeId(1 + static_cast<std::uint32_t>(random.below(5))); };
  const Epoch epoch(random.below(1000));
  switch (random.below(12)) {
    case 0: return ElectionStarted{epoch, node()};
    case 1: return ElectionWon{epoch, node(), random.between(-100'000, 100'000)};
    case 2: return LeaderChanged{epoch, node(), node()};
    case 3: return NodeFailed{node()};
    case 4: return NodeRecovered{node()};
    case 5: return HeartbeatMissed{node(), 1 + static_cast<std::uint32_t>(random.below(9))};
    case 6:
      return PreemptiveElection{epoch, node(), static_cast<std::uint32_t>(random.below(1001))};
    case 7: return ByzantineDetected{epoch, node(), random.below(2) ? "two_votes" : "forged_score"};
    case 8: return QuorumReached{epoch, node(), 30, 27};
    case 9: return QuorumFailed{epoch, node(), 10, 27};
    case 10: return TokenIssued{{epoch, random.below(500)}, node()};
    default: return TokenRefused{{epoch, random.below(500)}, node(), {Epoch(1000), 1}};
  }
}

inline Instant any_instant(Random& random) {
  return Instant(random.between(-5, 1'000'000'000'000));
}

// Appends that many to the trail.
inline std::vector<Event> append_any(Trail& trail, std::size_t count, Random& random) {
  std::vector<Event> events;
  for (; count > 0; --count) events.push_back(trail.append(any_instant(random), any_what(random)));
  return events;
}

}  // namespace lockstep::audit::tests
