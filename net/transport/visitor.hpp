// Visitor: one accepted connection: a stranger until its hello is accepted, then a peer whose
// messages are delivered.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/transport/handshake.hpp"
#include "net/transport/inbox.hpp"
#include "net/transport/shared.hpp"
#include "net/transport/stream.hpp"

namespace lockstep::net {

class Visitor final : public StreamUser, public std::enable_shared_from_this<Visitor> {
 public:
  class Host {
   public:
    // Why not, or nothing: it is the peer's connection from here on.
    virtual std::optional<std::string> admit(Visitor& visitor, const Hello& hello) = 0;
    virtual void left(Visitor& visitor) = 0;  // it has closed itself

   protected:
    ~Host() = default;
  };

  Visitor(Shared& shared, std::unique_ptr<Stream> stream, std::string address, Host& host);

  void start();
  void close();
  // As close(), with a line in the log.
  void close(std::string_view kind, std::string reason);
  [[nodiscard]] std::uint64_t incarnation() const { return incarnation_; }

  void opened(const ErrorCode& error) override;
  void arrived(const ErrorCode& error, std::size_t bytes) override;
  void written(const ErrorCode& error) override;

 private:
  enum class Phase : std::uint8_t { stranger, member, refused, closed };

  void fail(std::string_view kind, std::string reason);
  void take_messages();
  void greeted(std::string_view payload);
  [[nodiscard]] std::optional<std::string> judge(const Hello& hello);
  void refuse(const std::string& reason);
  void read();

  Shared& shared_;
  std::unique_ptr<Stream> stream_;
  const std::string address_;
  Host& host_;
  Phase phase_ = Phase::stranger;
  asio::steady_timer timer_;  // until the handshake must be over
  NodeId claimed_;            // the id of its hello
  Member* member_ = nullptr;  // once accepted
  std::uint64_t incarnation_ = 0;
  Inbox inbox_;
  std::string out_;
};

}  // namespace lockstep::net
