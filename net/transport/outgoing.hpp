// Outgoing: the way to one peer: what waits for it, the connection dialled to it, and when to dial
// again.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "core/base/random.hpp"
#include "net/transport/dial.hpp"
#include "net/transport/outbox.hpp"
#include "net/transport/shared.hpp"

namespace lockstep::net {

class Outgoing final : public Dial::Owner {
 public:
  Outgoing(Shared& shared, Member& member);
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  void push(Channel channel, std::string_view message);
  void flush() {
    if (!outbox_.empty() && dial_->idle()) dial_->write(outbox_, member_.status);
  }

  // The peer is there: one that waits before its next attempt waits no longer.
  void hurry();

  [[nodiscard]] Member& member() { return member_; }
  [[nodiscard]] std::size_t queued_bytes() const { return outbox_.bytes(); }
  // Where the peer answers; nothing while it is away.
  [[nodiscard]] std::optional<asio::ip::tcp::endpoint> endpoint() const;

  void connected() override;
  void ready() override { flush(); }
  void lost(Complaint why) override;

 private:
  void dial(Duration after);

  Shared& shared_;
  Member& member_;
  Outbox outbox_;
  Random random_;
  Duration patience_;  // before the next attempt, at most
  std::shared_ptr<Dial> dial_;
};

}  // namespace lockstep::net
