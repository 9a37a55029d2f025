// Stamps, what is stamped, and the names of both.
//
// A stamp is a Lamport time and the node whose clock told it (Lamport 1978): all stamps are in one
// total order, which extends happened-before.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/strong.hpp"

namespace lockstep::lamport {

using LamportTime = Strong<struct LamportTimeTag>;
// Counts what one node has stamped, from 1 and without a gap.
using Number = Strong<struct NumberTag>;
using ClientId = Strong<struct ClientIdTag>;
// Counts what a client posts, from 1.
using Sequence = Strong<struct SequenceTag>;

struct Stamp {
  LamportTime time;
  NodeId node;  // breaks ties
  static constexpr std::string_view name = "stamp";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("time", self.time);
    visit("node", self.node);
  }
  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

// A client's name for a message: in every attempt the same, so that it is in the log once.
struct Origin {
  ClientId client;  // never used by two
  Sequence sequence;
  static constexpr std::string_view name = "origin";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("client", self.client);
    visit("sequence", self.sequence);
  }
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct Entry {
  Stamp stamp;
  Number number;  // among those of stamp.node; ascends with the stamp
  Origin origin;
  std::string text;
  static constexpr std::string_view name = "entry";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("stamp", self.stamp);
    visit("number", self.number);
    visit("origin", self.origin);
    visit("text", self.text);
  }
  friend bool operator==(const Entry&, const Entry&) = default;
};

}  // namespace lockstep::lamport
