// The handshake: who dials says who it is and whom it means; who is dialled accepts, or says why
// not. Pure: messages, their frames, and the judgement.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/strong.hpp"

namespace lockstep::net {

// Of the handshake and of what the frames after it hold.
inline constexpr std::uint32_t protocol_version = 2;
// A frame of a handshake is never longer.
inline constexpr std::size_t largest_handshake = 1024;

struct Hello {
  std::uint32_t protocol = protocol_version;  // first in every version, so that it can be read
  std::string cluster;
  NodeId from, to;  // `to` is the node it believes to have reached
  std::uint64_t incarnation = 0;
  static constexpr std::string_view name = "hello";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("protocol", self.protocol);
    visit("cluster", self.cluster);
    visit("from", self.from);
    visit("to", self.to);
    visit("incarnation", self.incarnation);
  }
  friend bool operator==(const Hello&, const Hello&) = default;
};
struct Accepted {
  static constexpr std::string_view name = "accepted";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Accepted&, const Accepted&) = default;
};
struct Refused {
  std::string reason;
  static constexpr std::string_view name = "refused";
  static constexpr void fields(auto& self, auto&& visit) { visit("reason", self.reason); }
  friend bool operator==(const Refused&, const Refused&) = default;
};
using Handshake = std::variant<Hello, Accepted, Refused>;

[[nodiscard]] std::string handshake_frame(const Handshake& message);
[[nodiscard]] std::optional<Handshake> read_handshake(std::string_view payload);
// Why a hello of another version of the protocol, which read_handshake may be unable to read, is
// refused; nothing for everything else.
[[nodiscard]] std::optional<std::string> foreign_version(std::string_view payload);

// Why node `self` of `cluster` refuses; nothing if it does not. Whether `hello.from` is a member,
// and shows the right certificate, is not looked at here.
[[nodiscard]] std::optional<std::string> refusal(const Hello& hello, std::string_view cluster,
                                                 NodeId self);

// What a stranger sent, fit for a log: printable and short.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace lockstep::net
