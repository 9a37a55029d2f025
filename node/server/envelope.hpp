// Envelope: what travels between members: a message of Raft, a client's request that a member
// passes on to the leader, and its reply, or a message of a machine that runs beside the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/kv/protocol.hpp"
#include "core/raft/messages.hpp"
#include "node/guest/kinds.hpp"

namespace lockstep::node {

struct Asked {
  std::uint64_t number = 0;  // the asker's, echoed
  kv::Request request;
  static constexpr std::string_view name = "asked";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("number", self.number);
    visit("request", self.request);
  }
  friend bool operator==(const Asked&, const Asked&) = default;
};

struct Replied {
  std::uint64_t number = 0;
  kv::Reply reply;
  static constexpr std::string_view name = "replied";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("number", self.number);
    visit("reply", self.reply);
  }
  friend bool operator==(const Replied&, const Replied&) = default;
};

struct Parcel {
  Guest guest{};
  std::string message;  // encoded
  static constexpr std::string_view name = "parcel";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("guest", self.guest);
    visit("message", self.message);
  }
  friend bool operator==(const Parcel&, const Parcel&) = default;
};

// On the wire an alternative is its place here: add at the end only.
using Envelope = std::variant<raft::Message, Asked, Replied, Parcel>;

}  // namespace lockstep::node
