#include "net/transport/handshake.hpp"

#include "core/wire/codec.hpp"
#include "core/wire/frame.hpp"

namespace lockstep::net {

std::string handshake_frame(const Handshake& message) {
  std::string payload, frame;
  wire::encode(message, payload);
  wire::append_frame(payload, frame);
  return frame;
}

std::optional<Handshake> read_handshake(std::string_view payload) {
  return wire::decode<Handshake>(payload);
}

std::optional<std::string> foreign_version(std::string_view payload) {
  wire::Source source(payload);
  const std::uint64_t place = source.varint();
  const std::uint64_t version = source.varint(UINT32_MAX);
  if (!source.good() || place != Handshake(Hello{}).index() || version == protocol_version) {
    return std::nullopt;
  }
  return "it speaks version " + std::to_string(version) +
         " of the transport's protocol, this node version " + std::to_string(protocol_version);
}

std::optional<std::string> refusal(const Hello& hello, std::string_view cluster, NodeId self) {
  if (hello.cluster != cluster) {
    return "it belongs to cluster \"" + printable(hello.cluster) + "\", this node to \"" +
           printable(cluster) + "\"";
  }
  if (hello.to != self) {
    return "it means to reach node " + std::to_string(hello.to.value()) + ", this is node " +
           std::to_string(self.value());
  }
  return std::nullopt;
}

std::string printable(std::string_view text) {
  constexpr std::size_t longest = 300;
  std::string shown(text.substr(0, longest));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  if (text.size() > longest) shown += "...";
  return shown;
}

}  // namespace lockstep::net
