// Lease: the leader's half of a right to act that ends by itself (Gray, Cheriton 1989).
//
// Promises: while it holds, a quorum has promised to grant no other leader a lease. It is counted
// from when the request was sent, never from when an answer came, and ends early by a margin for
// clocks that run at different rates: clocks may drift apart by `drift`, not jump.
// What it rests on: a member that answers a round grants nobody else a lease, and votes for nobody
// else, for `length` after it received the request, by its own clock and across its own restarts.
// Where members vote sooner two may hold a lease for a while, and only tokens keep them apart.
// Refuses: to know who the members are. Whoever calls granted() has made sure that the answer is
// from a member and of this leader's epoch. A new epoch starts with a new Lease; after a restart a
// node does not go on leading its epoch, or answers to its earlier rounds would count for new ones.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/flat_map.hpp"
#include "core/base/ratio.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::fencing {

// Numbers the requests of one leader in one epoch; the first is 1.
using Renewal = Strong<struct RenewalTag>;

struct LeaseConfig {
  Duration length = seconds(30);       // > 0, at most a day
  Duration renew_every = seconds(10);  // > 0, below what is left of the length
  Ratio drift{1, 100};                 // of the length, is taken off; below 1
  friend bool operator==(const LeaseConfig&, const LeaseConfig&) = default;
};

// What is wrong with a configuration, or nothing.
[[nodiscard]] std::string_view refusal(const LeaseConfig& config);
// How long a lease lasts for its holder: the length without the margin, rounded down.
[[nodiscard]] Duration usable(const LeaseConfig& config);

class Lease {
 public:
  // REQUIRES: refusal(config) is empty.
  explicit Lease(LeaseConfig config = {});

  // A round of requests goes out at `now`, to everybody including the leader itself. REQUIRES: now
  // does not go back.
  Renewal requested(Instant now);
  // A member answered a round; answering one answers the earlier ones. `reaches` says whether a
  // span of NodeIds, ascending, is a quorum. True when the lease lasts longer for it. A round that
  // was never sent is a lie and changes nothing.
  template <class Reaches>
  bool granted(Renewal round, NodeId member, const Reaches& reaches) {
    if (!note(round, member)) return false;
    for (std::size_t newest = rounds_.size(); newest-- > 0;) {
      const std::vector<NodeId> members = answered(rounds_[newest].first);
      if (reaches(std::span<const NodeId>(members))) {
        extend(newest);
        return true;
      }
    }
    return false;
  }

  // The lease is good before this instant, by the leader's own clock; nothing before the first.
  [[nodiscard]] std::optional<Instant> until() const { return until_; }
  [[nodiscard]] bool holds(Instant now) const { return until_ && now < *until_; }
  // When the next round is due; nothing before the first.
  [[nodiscard]] std::optional<Instant> renew_at() const;

  static constexpr std::string_view name = "lease";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("newest", self.newest_);
    visit("sent", self.sent_);
    visit("until", self.until_);
  }
  friend bool operator==(const Lease&, const Lease&) = default;

 private:
  bool note(Renewal round, NodeId member);
  [[nodiscard]] std::vector<NodeId> answered(Renewal round) const;
  void extend(std::size_t round);

  LeaseConfig config_;
  Renewal newest_;
  Instant sent_;                                     // of the newest round
  std::vector<std::pair<Renewal, Instant>> rounds_;  // later than the one that holds; ascending
  FlatMap<NodeId, Renewal> answers_;                 // the newest round each member answered
  std::optional<Instant> until_;
};

}  // namespace lockstep::fencing
