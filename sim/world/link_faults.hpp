// Faults that strike links and the messages on them: what each does to the post, and how it is
// told.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/faults.hpp"
#include "sim/world/post.hpp"

namespace lockstep::sim {

template <class Action>
concept OnLinks = std::same_as<Action, Partition> || std::same_as<Action, Cut> ||
    std::same_as<Action, Isolate> || std::same_as<Action, Swizzle> || std::same_as<Action, Clog> ||
    std::same_as<Action, Burst> || std::same_as<Action, SlowLink>;

struct LinkFault {
  std::uint64_t rule = 0;  // what undo_link_fault() wants
  std::string kind, text;  // as in TracedFault
  EndpointSet who;
  bool cuts = false;
};

// `sets`: those of target_lists(action). Nothing for an action that is not about links.
[[nodiscard]] std::optional<LinkFault> strike_links(Post& post, const Endpoints& endpoints,
                                                    const FaultAction& action,
                                                    const std::vector<EndpointSet>& sets);
// False when it is gone already.
[[nodiscard]] bool undo_link_fault(Post& post, const FaultAction& action, std::uint64_t rule);

}  // namespace lockstep::sim
