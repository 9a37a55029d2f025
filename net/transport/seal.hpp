// Datagrams on the wire: an encoded Datagram, then its HMAC-SHA256 (RFC 2104) under the cluster's
// key. Pure.
//
// Whatever decides whether one is meant for this node is inside of what is authenticated. A copy
// sent again by an eavesdropper passes: the messages that travel so are those that do no harm
// twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/strong.hpp"

namespace lockstep::net {

struct Datagram {
  std::string cluster;
  NodeId from, to;
  std::uint64_t incarnation = 0;
  std::uint32_t plain_size =
      0;  // of the message where `content` is zlib's (RFC 1950); 0: it is not
  std::string content;
  static constexpr std::string_view name = "datagram";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("cluster", self.cluster);
    visit("from", self.from);
    visit("to", self.to);
    visit("incarnation", self.incarnation);
    visit("plain_size", self.plain_size);
    visit("content", self.content);
  }
  friend bool operator==(const Datagram&, const Datagram&) = default;
};

// What UDP carries on every network is less; above this it is not tried.
inline constexpr std::size_t largest_datagram = 65'000;

[[nodiscard]] std::string seal(const Datagram& datagram, std::string_view key);
// Nothing where the seal is not one of that key.
[[nodiscard]] std::optional<Datagram> unseal(std::string_view bytes, std::string_view key);

// Puts the message in, compressed where that is above `compress_above` bytes and makes it smaller.
void fill(Datagram& datagram, std::string_view message, std::size_t compress_above);
// The message; nothing where it is above `largest` or not what it says to be.
[[nodiscard]] std::optional<std::string> message_of(Datagram&& datagram, std::size_t largest);

}  // namespace lockstep::net
