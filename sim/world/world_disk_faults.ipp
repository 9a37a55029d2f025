// World, part eight: disks fail, and what is on them is found out at a start. Included by
// world.hpp.
#pragma once

#include "sim/world/world.hpp"

namespace lockstep::sim {

template <class P>
void World<P>::strike_disk(std::size_t fault, DiskFault::Kind kind, const EndpointSet& who) {
  using Kind = DiskFault::Kind;
  if (kind == Kind::flip) return flip(who);
  for (const auto n : who) {
    Node& node = nodes_[n];
    if (kind == Kind::misdirect) node.misdirects = node.spoilt = true;
    if (kind == Kind::fail_sync) node.sync_fails = fault;
    if (kind == Kind::stall) node.stalled_by = strikes_;
    if (kind == Kind::full) node.full_by = strikes_;
  }
  const std::string names = describe_groups(endpoints_, {who});
  const char* text = kind == Kind::misdirect   ? "lands elsewhere"
                     : kind == Kind::fail_sync ? "fails"
                     : kind == Kind::stall     ? "does not end"
                                               : "finds no room";
  tell_fault(std::string(name_of(kind)), "the next write of " + names + " " + text, who);
}

template <class P>
void World<P>::flip(const EndpointSet& who) {
  EndpointSet hit;
  for (const auto n : who) {
    if (!nodes_[n].disk.flip(disk_fault_random_)) continue;
    nodes_[n].spoilt = true;
    hit.push_back(n);
  }
  const std::string names = describe_groups(endpoints_, {hit.empty() ? who : hit});
  if (hit.empty())
    return tell_fault("skipped", "nothing on the disk of " + names + " to damage yet", {});
  witnesses_.insert("bit_flipped");
  tell_fault("flip", "a bit flips on the disk of " + names, hit);
}

template <class P>
void World<P>::unstall(const EndpointSet& who) {
  if (who.empty()) return;
  for (const auto n : who) {
    nodes_[n].stalled_by = 0;
    if (const auto sync = std::exchange(nodes_[n].stalled, std::nullopt)) plan(now_, *sync);
  }
  tell_fault("heal", "disk of " + describe_groups(endpoints_, {who}) + " goes on", who);
}

template <class P>
void World<P>::make_room(const EndpointSet& who) {
  if (who.empty()) return;
  for (const auto n : who) nodes_[n].full_by = 0;
  tell_fault("heal", "disk of " + describe_groups(endpoints_, {who}) + " has room", who);
}

// An error of a sync is final: nobody knows what of it is down, so the node ends.
template <class P>
void World<P>::sync_fails(std::uint32_t n) {
  const std::size_t fault = *std::exchange(nodes_[n].sync_fails, std::nullopt);
  disturbed();
  ++strikes_;
  witnesses_.insert("sync_failed");
  crash({n}, true);
  if (const auto& lasts = scenario_.faults[fault].lasts)
    plan_end(now_ + *lasts, FaultEnds{fault, strikes_, {n}});
}

template <class P>
void World<P>::refuse_start(std::uint32_t n, const std::string& flaw) {
  witnesses_.insert("start_refused");
  const EndpointSet who{endpoint_of(n)};
  tell_fault("refused", describe_groups(endpoints_, {who}) + " refuses to start: " + flaw, who);
}

// Of a node whose disk is full: whether this is turned away. What a protocol says of that, it says
// with the functions busy and needs_room of P; without them its machine meets no full disk.
template <class P>
bool World<P>::finds_no_room(const ForNode& item) {
  if constexpr (requires(const typename Alphabet::Message& m) { P::needs_room(m); }) {
    using Request = typename Alphabet::Request;
    if (const auto* got = std::get_if<Received<typename Alphabet::Message>>(&item.event)) {
      if (!P::needs_room(got->message)) return false;
      drop(item.node, item.message);
    } else if (const auto* asked = std::get_if<Requested<Request>>(&item.event)) {
      auto reply = P::busy(asked->request);
      if (!reply) return false;
      if (options_.listener) begin_trace(item.node, item.event, item.message);
      for_machine_ = true;
      answer(item.node, asked->id, std::move(*reply));
      for_machine_ = false;
      if (options_.listener) options_.listener(std::move(traced_));
    } else {
      return false;
    }
    witnesses_.insert("disk_full");
    return true;
  } else {
    return false;
  }
}

}  // namespace lockstep::sim
