// Dial: one attempt to reach a peer and, where it succeeds, the connection that frames leave on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/transport/inbox.hpp"
#include "net/transport/outbox.hpp"
#include "net/transport/shared.hpp"
#include "net/transport/stream.hpp"

namespace lockstep::net {

class Dial final : public StreamUser, public std::enable_shared_from_this<Dial> {
 public:
  // Whom a Dial tells; not told anything after close() or lost().
  class Owner {
   public:
    virtual void connected() = 0;
    virtual void ready() = 0;  // a write is done, the next one may start
    virtual void lost(Complaint why) = 0;

   protected:
    ~Owner() = default;
  };

  Dial(Shared& shared, const Peer& peer, Owner& owner);

  void start(Duration after);
  void close();

  [[nodiscard]] bool waiting() const { return phase_ == Phase::waiting; }  // to be started
  [[nodiscard]] bool connected() const { return phase_ == Phase::connected; }
  [[nodiscard]] bool idle() const { return connected() && !writing_; }
  // Writes from the front of `outbox`; REQUIRES: idle().
  void write(Outbox& outbox, PeerStatus& status);
  // Of the peer; REQUIRES: connected().
  [[nodiscard]] const asio::ip::tcp::endpoint& remote() const { return remote_; }

  void opened(const ErrorCode& error) override;
  void arrived(const ErrorCode& error, std::size_t bytes) override;
  void written(const ErrorCode& error) override;

 private:
  enum class Phase : std::uint8_t { waiting, reaching, greeting, connected, closed };

  void reach();
  template <class Endpoints>
  void connect(const Endpoints& endpoints);
  void reached(const ErrorCode& error);
  void read();
  void answered(std::string_view payload);
  void fail(std::string_view kind, std::string reason, Level level = Level::warning);

  Shared& shared_;
  const Peer peer_;
  Owner& owner_;
  Phase phase_ = Phase::waiting;
  asio::steady_timer timer_;  // until the attempt starts, then until it must have succeeded
  asio::ip::tcp::resolver resolver_;
  asio::ip::tcp::socket socket_;  // becomes the stream's
  asio::ip::tcp::endpoint remote_;
  std::unique_ptr<Stream> stream_;
  Inbox inbox_;
  std::string out_;  // being written
  bool writing_ = false;
};

}  // namespace lockstep::net
