// How peers come to know one another.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/strong.hpp"

namespace lockstep::flood {

// Take me for a neighbour, and tell me whom you know.
struct Login {
  static constexpr std::string_view name = "login";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Login, Login) = default;
};
// We are neighbours.
struct Welcome {
  std::vector<NodeId> peers;  // that the sender knows to live; at most most_peers_told
  static constexpr std::string_view name = "welcome";
  static constexpr void fields(auto& self, auto&& visit) { visit("peers", self.peers); }
  friend bool operator==(const Welcome&, const Welcome&) = default;
};
// The sender has as many neighbours as it takes; try these.
struct Full {
  std::vector<NodeId> peers;
  static constexpr std::string_view name = "full";
  static constexpr void fields(auto& self, auto&& visit) { visit("peers", self.peers); }
  friend bool operator==(const Full&, const Full&) = default;
};
// We are neighbours no more, until the sender logs in again.
struct Leave {
  static constexpr std::string_view name = "leave";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Leave, Leave) = default;
};
// To a neighbour that was silent.
struct Ping {
  static constexpr std::string_view name = "ping";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Ping, Ping) = default;
};
struct Pong {
  static constexpr std::string_view name = "pong";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Pong, Pong) = default;
};
// To who speaks as a neighbour and is none.
struct Stranger {
  static constexpr std::string_view name = "stranger";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Stranger, Stranger) = default;
};

}  // namespace lockstep::flood
