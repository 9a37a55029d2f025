// Envelope: what travels between members: a message of Raft, a client's request that a member
// passes on to the leader, and its reply, or a message of a machine that runs beside the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "core/kv/protocol.hpp"
#include "core/raft/messages.hpp"
#include "core/wire/codec.hpp"
#include "core/wire/source.hpp"
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

// A parcel without a copy of its message, which may be large.
struct ParcelView {
  Guest guest{};
  std::string_view message;
};
// As wire::encode(Envelope(Parcel{…}), out).
inline void append_parcel(Guest guest, std::string_view message, std::string& out) {
  wire::encode(Envelope(Parcel{guest, {}}), out);
  out.pop_back();  // of no bytes
  wire::encode(static_cast<std::uint64_t>(message.size()), out);
  out.append(message);
}
// As wire::decode<Envelope>, of parcels only.
[[nodiscard]] inline std::optional<ParcelView> read_parcel(std::string_view bytes) {
  wire::Source source(bytes);
  static_assert(std::is_same_v<std::variant_alternative_t<3, Envelope>, Parcel>);
  if (source.varint() != 3) return std::nullopt;
  ParcelView parcel;
  parcel.guest = static_cast<Guest>(source.varint(enumerator_count(Guest{}) - 1));
  parcel.message = source.take(source.count());
  if (!source.complete()) return std::nullopt;
  return parcel;
}

}  // namespace lockstep::node
