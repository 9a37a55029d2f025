// What clients ask of a node and what it answers. Clients have clocks as well: each request carries
// the client's and each reply the node's, so that what a client posts after it was told of a
// message is stamped later than that message, whichever nodes it asks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/describe.hpp"
#include "core/bully/messages.hpp"
#include "core/lamport/stamp.hpp"

namespace lockstep::lamport {

struct Post {
  LamportTime time;
  Origin origin;
  std::string text;
  static constexpr std::string_view name = "post";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("origin", self.origin);
    visit("text", self.text);
  }
  friend bool operator==(const Post&, const Post&) = default;
};
// The messages this node shows, in the order of their stamps.
struct Read {
  LamportTime time;
  Stamp after;
  std::uint32_t most = 100;  // messages; fewer are told where they are long
  static constexpr std::string_view name = "read";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("after", self.after);
    visit("most", self.most);
  }
  friend bool operator==(const Read&, const Read&) = default;
};
using bully::StartElection;  // replicated only
using Request = std::variant<Post, Read, StartElection>;

// The message is in the log for good. Replicated: a majority holds it, and it may still move to an
// earlier stamp, where another leader had stamped an attempt of it. Multicast: every member holds
// it, and its place is final.
struct Posted {
  LamportTime time;
  Sequence sequence;
  Stamp stamp;
  static constexpr std::string_view name = "posted";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("sequence", self.sequence);
    visit("stamp", self.stamp);
  }
  friend bool operator==(const Posted&, const Posted&) = default;
};
// Not taken: too many wait already.
struct Busy {
  LamportTime time;
  Sequence sequence;
  static constexpr std::string_view name = "busy";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("sequence", self.sequence);
  }
  friend bool operator==(const Busy&, const Busy&) = default;
};
// Nobody will ever take it.
struct TooLong {
  LamportTime time;
  Sequence sequence;
  std::uint32_t limit = 0;  // bytes
  static constexpr std::string_view name = "too_long";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("sequence", self.sequence);
    visit("limit", self.limit);
  }
  friend bool operator==(const TooLong&, const TooLong&) = default;
};
// It waited longer than this node's patience. It may be in the log, or come there.
struct Overdue {
  LamportTime time;
  Sequence sequence;
  static constexpr std::string_view name = "overdue";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("sequence", self.sequence);
  }
  friend bool operator==(const Overdue&, const Overdue&) = default;
};
struct Messages {
  LamportTime time;
  std::vector<Entry> entries;
  bool more = false;
  static constexpr std::string_view name = "messages";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("entries", self.entries);
    visit("more", self.more);
  }
  friend bool operator==(const Messages&, const Messages&) = default;
};
struct ElectionWanted {
  LamportTime time;
  static constexpr std::string_view name = "election_wanted";
  static constexpr void fields(auto& self, auto&& visit) { visit("time", self.time); }
  friend bool operator==(const ElectionWanted&, const ElectionWanted&) = default;
};
using Reply = std::variant<Posted, Busy, TooLong, Overdue, Messages, ElectionWanted>;

}  // namespace lockstep::lamport
