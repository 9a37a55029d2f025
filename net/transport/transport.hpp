// Transport: carries encoded messages between the members of a cluster. It knows nothing of what
// they mean.
//
// Promises what a machine's Send asks for: try once. Nothing is delivered twice (but by a fault
// that says so) or damaged; anything may be lost; what one peer sends on the stream arrives in
// order. A peer that is slow or away costs the others nothing: each has a queue of its own, and a
// full one drops its oldest message.
//
// Every node dials every other one and sends on the connections it dialled. A connection starts
// with a handshake (docs/transport.md); a peer with a wrong protocol version, cluster, name or
// certificate is refused with a reason in both logs. A frame that is too long, damaged or cut short
// ends its connection, and no other.
//
// Used by one thread at a time: that of `io`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "net/asio.hpp"
#include "net/log/log.hpp"
#include "net/transport/faults.hpp"

namespace lockstep::net {

struct Peer {
  NodeId id;
  std::string host;  // a name or an address
  std::uint16_t port = 0;
};

struct TlsFiles {
  std::string certificate, key, authority;  // paths, PEM
};

struct TransportOptions {
  std::string cluster;      // at most 255 bytes; peers of another one are refused
  Peer self;                // where to listen
  std::vector<Peer> peers;  // all others
  std::uint64_t incarnation = 0;
  std::optional<TlsFiles> tls;  // TLS 1.3, both sides show a certificate whose name is node-<id>
  bool datagrams = false;       // Channel::datagram goes over UDP, on the same port
  std::string datagram_key;     // authenticates datagrams (HMAC-SHA256); not empty with datagrams
  std::size_t compress_above = 512;            // bytes of a datagram's payload; zlib
  std::size_t queue_bytes = 64 * 1024 * 1024;  // of one peer
  std::size_t largest_message = 32 * 1024 * 1024;
  Duration retry_low = milliseconds(50);  // between attempts to connect, doubling, with jitter
  Duration retry_high = seconds(2);
  Duration handshake_time_out = seconds(5);  // from the connection to the end of its handshake
};

// reliable: waits in the peer's queue while the peer is away. datagram: worth nothing later;
// dropped where it cannot leave at once.
enum class Channel : std::uint8_t { reliable, datagram };

struct PeerStatus {
  NodeId id;
  bool connected = false;  // ours to it
  std::uint64_t sent_messages = 0, sent_bytes = 0, received_messages = 0, received_bytes = 0;
  std::uint64_t dropped_messages = 0;  // queue full, or away; faults excepted
  std::uint64_t queued_bytes = 0;
  std::uint64_t connects = 0;
};

class Transport {
 public:
  // False: that is no message; the connection it came on is closed.
  using Deliver = std::function<bool(NodeId from, std::string_view message)>;

  // Throws std::runtime_error with a sentence for the operator when it cannot listen there or read
  // its certificates.
  Transport(asio::io_context& io, TransportOptions options, Deliver deliver, Log& log);
  ~Transport();  // closes everything at once
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Queues; nothing leaves before flush(). An unknown peer is a bug.
  void send(NodeId to, Channel channel, std::string_view message);
  void flush();

  [[nodiscard]] LinkFaults& faults();
  [[nodiscard]] std::vector<PeerStatus> status() const;
  [[nodiscard]] std::uint16_t port() const;  // the one it listens on; for port 0, the one it got

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace lockstep::net
