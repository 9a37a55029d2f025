// Who led and who tried to, read off a trace by the roles its steps end in; for any protocol that
// calls its chief "leader" or "coordinator".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/step.hpp"

namespace lockstep::sim {

enum class RoleKind : std::uint8_t {
  passive,    // "follower", and every word not known here
  contender,  // "candidate", "pre_candidate", "electing", "waiting"
  chief       // "leader", "coordinator"
};
[[nodiscard]] RoleKind role_kind(std::string_view role);

// One node's time as chief of one term.
struct Reign {
  NodeId node;
  std::string role;
  std::uint64_t term = 0;  // 0 where the protocol has none
  Instant began;
  std::uint64_t step = 0;        // the one that made it chief
  std::optional<Instant> ended;  // none: it led to the end
  bool crashed = false;          // how it ended
};

// One node's attempt to become chief: from the first step as a contender until it wins, gives up,
// crashes or starts over in a higher term.
struct Campaign {
  enum class Result : std::uint8_t { won, lost, crashed, open };
  NodeId node;
  std::uint64_t term = 0;  // the highest it campaigned in
  Instant began;
  std::uint64_t step = 0;      // the first as a contender
  bool stood = false;          // went beyond asking whether it could win (Raft's pre-vote)
  std::vector<NodeId> voters;  // whose "…granted" of this term it had received when it won or ended
  std::optional<Instant> ended;  // none: open
  Result result = Result::open;
};

struct Leadership {
  std::vector<Reign> reigns;        // in order of beginning
  std::vector<Campaign> campaigns;  // in order of beginning
};

[[nodiscard]] Leadership read_leadership(const std::vector<TraceLine>& lines);

}  // namespace lockstep::sim
