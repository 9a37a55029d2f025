// Shared: what the parts of one Transport have in common. Lives exactly as long as the Transport;
// an answer that comes later finds its part closed, and touches nothing of this.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/asio.hpp"
#include "net/transport/links.hpp"
#include "net/transport/stream.hpp"
#include "net/transport/tls.hpp"
#include "net/transport/transport.hpp"

namespace lockstep::net {

struct Member {
  Peer peer;
  PeerStatus status;
  std::uint64_t incarnation = 0;  // the one it last introduced itself with; 0: not yet
};

inline constexpr std::string_view not_a_message = "a frame that holds no message";

// What went wrong: `kind` is a literal that names it in the log, and is not repeated within
// `silence`; `reason` is the sentence.
struct Complaint {
  Level level = Level::warning;
  std::string_view kind;
  std::string reason;
  std::chrono::milliseconds silence{1000};
};

class Shared {
 public:
  Shared(asio::io_context& context, TransportOptions given, Transport::Deliver deliver, Log& log,
         Links::Pass pass);

  [[nodiscard]] Member* find(NodeId id);  // null: not a member, or this node itself
  [[nodiscard]] std::unique_ptr<Stream> stream(asio::ip::tcp::socket socket);

  // A message came; the faults of its link decide when, and whether, deliver() follows. False where
  // it did, and said so.
  [[nodiscard]] bool received(Member& from, Channel channel, std::string_view message);
  [[nodiscard]] bool deliver(NodeId from, std::string_view message) {
    return deliver_(from, message);
  }

  void complain(NodeId peer, const std::string& address, const Complaint& complaint);

  asio::io_context& io;
  const TransportOptions options;
  Log& log;
  std::vector<Member> members;  // by id
  Links links;

 private:
  Transport::Deliver deliver_;
  std::unique_ptr<Tls> tls_;
  std::map<std::pair<NodeId, std::string_view>, std::chrono::steady_clock::time_point> said_;
};

[[nodiscard]] std::string to_text(const asio::ip::tcp::endpoint& endpoint);

}  // namespace lockstep::net
