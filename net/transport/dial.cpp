#include "net/transport/dial.hpp"

#include <array>

#include "core/base/check.hpp"
#include "net/transport/handshake.hpp"

namespace lockstep::net {
namespace {

using asio::ip::tcp;

// A slow peer holds this much; what waits behind it is still the outbox's to drop.
constexpr std::size_t bytes_a_write = 1024 * 1024;

constexpr std::string_view cannot_reach = "cannot reach a peer";

}  // namespace

Dial::Dial(Shared& shared, const Peer& peer, Owner& owner)
    : shared_(shared),
      peer_(peer),
      owner_(owner),
      timer_(shared.io),
      resolver_(shared.io),
      socket_(shared.io),
      inbox_(largest_handshake, largest_handshake) {}

void Dial::start(Duration after) {
  timer_.expires_after(std::chrono::nanoseconds(after.ns()));
  timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (!error && self->phase_ != Phase::closed) self->reach();
  });
}

void Dial::close() {
  phase_ = Phase::closed;
  // What is under way ends with an error, and nobody listens to it.
  ErrorCode ignored;
  timer_.cancel();
  resolver_.cancel();
  (stream_ ? stream_->socket() : socket_).close(ignored);
}

void Dial::reach() {
  phase_ = Phase::reaching;
  timer_.expires_after(std::chrono::nanoseconds(shared_.options.handshake_time_out.ns()));
  timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (error || self->phase_ == Phase::closed || self->connected()) return;
    self->fail(cannot_reach,
               "no answer within " + to_text(self->shared_.options.handshake_time_out),
               Level::info);
  });
  ErrorCode is_a_name;
  const auto address = asio::ip::make_address(peer_.host, is_a_name);
  if (!is_a_name) return connect(std::array{tcp::endpoint(address, peer_.port)});
  resolver_.async_resolve(peer_.host, std::to_string(peer_.port), tcp::resolver::numeric_service,
                          [self = shared_from_this()](const ErrorCode& error,
                                                      const tcp::resolver::results_type& found) {
                            if (self->phase_ == Phase::closed) return;
                            if (error) {
                              return self->fail(cannot_reach,
                                                "no address known: " + error.message());
                            }
                            self->connect(found);
                          });
}

template <class Endpoints>
void Dial::connect(const Endpoints& endpoints) {
  asio::async_connect(socket_, endpoints,
                      [self = shared_from_this()](const ErrorCode& error, const auto&) {
                        if (self->phase_ != Phase::closed) self->reached(error);
                      });
}

void Dial::reached(const ErrorCode& error) {
  if (error) return fail(cannot_reach, error.message(), Level::info);
  ErrorCode gone;
  remote_ = socket_.remote_endpoint(gone);
  const tcp::endpoint local = gone ? tcp::endpoint() : socket_.local_endpoint(gone);
  if (gone) return fail(cannot_reach, gone.message(), Level::info);
  if (local == remote_) {
    // Where nobody listens on a port of the range that dialling draws from, TCP may connect a
    // socket to itself (RFC 9293, 3.5), and then the peer cannot listen there.
    return fail(cannot_reach, "nobody listens there", Level::info);
  }
  tune(socket_);
  stream_ = shared_.stream(std::move(socket_));
  stream_->open(Side::dialler, shared_from_this());
}

void Dial::opened(const ErrorCode& error) {
  if (phase_ == Phase::closed) return;
  if (error) return fail("refused a peer's certificate", stream_->explain(error));
  if (const auto reason = stream_->not_node(peer_.id)) {
    return fail("refused a peer's certificate", *reason);
  }
  phase_ = Phase::greeting;
  out_ = handshake_frame(Hello{.cluster = shared_.options.cluster,
                               .from = shared_.options.self.id,
                               .to = peer_.id,
                               .incarnation = shared_.options.incarnation});
  writing_ = true;
  stream_->write(out_, shared_from_this());
  read();
}

void Dial::read() { stream_->read_some(inbox_.space(), shared_from_this()); }

// After the answer nothing comes, and the end of the connection is what the read waits for.
void Dial::arrived(const ErrorCode& error, std::size_t bytes) {
  if (phase_ == Phase::closed) return;
  if (error) {
    return fail(connected() ? "lost a peer" : "a peer did not answer", stream_->explain(error));
  }
  if (connected()) return fail("lost a peer", "it sent bytes where it has nothing to say");
  inbox_.arrived(bytes);
  const auto next = inbox_.next();
  if (const auto* damaged = std::get_if<Inbox::Damaged>(&next)) {
    return fail("a peer did not answer", damaged->reason);
  }
  if (const auto* payload = std::get_if<std::string_view>(&next)) answered(*payload);
  if (phase_ != Phase::closed) read();
}

void Dial::answered(std::string_view payload) {
  const auto answer = read_handshake(payload);
  if (answer && std::holds_alternative<Refused>(*answer)) {
    return fail("refused by a peer", printable(std::get<Refused>(*answer).reason));
  }
  if (!answer || !std::holds_alternative<Accepted>(*answer) || inbox_.rest() > 0) {
    return fail("a peer did not answer", "what it sent is no answer to a hello");
  }
  phase_ = Phase::connected;
  timer_.cancel();
  owner_.connected();
}

void Dial::write(Outbox& outbox, PeerStatus& status) {
  check(idle(), "one write at a time");
  status.sent_messages += outbox.take(out_, bytes_a_write);
  status.sent_bytes += out_.size();
  writing_ = true;
  stream_->write(out_, shared_from_this());
}

void Dial::written(const ErrorCode& error) {
  if (phase_ == Phase::closed) return;
  if (error) {
    return fail(connected() ? "lost a peer" : "a peer did not answer", stream_->explain(error));
  }
  writing_ = false;
  if (connected()) owner_.ready();
}

void Dial::fail(std::string_view kind, std::string reason, Level level) {
  close();
  // A peer that is down is said once, and then again now and then.
  const std::chrono::seconds silence(kind == cannot_reach ? 30 : 1);
  owner_.lost({level, kind, std::move(reason), silence});
}

}  // namespace lockstep::net
