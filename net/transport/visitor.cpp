#include "net/transport/visitor.hpp"

namespace lockstep::net {
namespace {

constexpr std::size_t read_bytes = 256 * 1024;

constexpr std::string_view refused_it = "refused a connection";
constexpr std::string_view closed_it = "closed a connection";

}  // namespace

Visitor::Visitor(Shared& shared, std::unique_ptr<Stream> stream, std::string address, Host& host)
    : shared_(shared),
      stream_(std::move(stream)),
      address_(std::move(address)),
      host_(host),
      timer_(shared.io),
      inbox_(largest_handshake, largest_handshake) {}

void Visitor::start() {
  timer_.expires_after(std::chrono::nanoseconds(shared_.options.handshake_time_out.ns()));
  timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (error || self->phase_ == Phase::closed || self->phase_ == Phase::member) return;
    self->fail("refused a silent connection",
               "no handshake within " + to_text(self->shared_.options.handshake_time_out));
  });
  stream_->open(Side::dialled, shared_from_this());
}

void Visitor::close() {
  phase_ = Phase::closed;
  // What is under way ends with an error, and nobody listens to it.
  ErrorCode ignored;
  timer_.cancel();
  stream_->socket().close(ignored);
}

void Visitor::close(std::string_view kind, std::string reason) {
  close();
  shared_.complain(claimed_, address_, {Level::warning, kind, std::move(reason)});
}

void Visitor::fail(std::string_view kind, std::string reason) {
  close(kind, std::move(reason));
  host_.left(*this);
}

void Visitor::opened(const ErrorCode& error) {
  if (phase_ == Phase::closed) return;
  if (error) return fail(refused_it, "certificate or TLS: " + stream_->explain(error));
  read();
}

void Visitor::read() { stream_->read_some(inbox_.space(), shared_from_this()); }

void Visitor::arrived(const ErrorCode& error, std::size_t bytes) {
  if (phase_ == Phase::closed) return;
  if (error) {
    const bool torn = inbox_.rest() > 0;
    return fail(closed_it, stream_->explain(error) + (torn ? ", in the middle of a message" : ""));
  }
  inbox_.arrived(bytes);
  take_messages();
  if (phase_ == Phase::stranger || phase_ == Phase::member) read();
}

void Visitor::take_messages() {
  while (phase_ == Phase::stranger || phase_ == Phase::member) {
    const auto next = inbox_.next();
    if (const auto* damaged = std::get_if<Inbox::Damaged>(&next)) {
      return fail(closed_it, "a damaged frame: " + damaged->reason);
    }
    const auto* payload = std::get_if<std::string_view>(&next);
    if (payload == nullptr) return;
    if (phase_ == Phase::member) {
      if (!shared_.received(*member_, Channel::reliable, *payload)) {
        return fail(closed_it, std::string(not_a_message));
      }
    } else {
      greeted(*payload);
    }
  }
}

void Visitor::greeted(std::string_view payload) {
  if (const auto reason = foreign_version(payload)) return refuse(*reason);
  const auto message = read_handshake(payload);
  const auto* hello = message ? std::get_if<Hello>(&*message) : nullptr;
  if (hello == nullptr) return fail(closed_it, "its first frame is no hello");
  claimed_ = hello->from;
  if (const auto reason = judge(*hello)) return refuse(*reason);
  timer_.cancel();
  phase_ = Phase::member;
  member_ = shared_.find(hello->from);
  member_->incarnation = incarnation_ = hello->incarnation;
  inbox_.set_limits(read_bytes, shared_.options.largest_message);
  out_ = handshake_frame(Accepted{});
  stream_->write(out_, shared_from_this());
}

std::optional<std::string> Visitor::judge(const Hello& hello) {
  if (auto reason = refusal(hello, shared_.options.cluster, shared_.options.self.id)) return reason;
  if (shared_.find(hello.from) == nullptr) {
    return "node " + std::to_string(hello.from.value()) + " is no peer of this node";
  }
  if (auto reason = stream_->not_node(hello.from)) return reason;
  return host_.admit(*this, hello);
}

// The answer goes out before the connection ends, so that both logs have the reason.
void Visitor::refuse(const std::string& reason) {
  phase_ = Phase::refused;
  shared_.complain(claimed_, address_, {Level::warning, refused_it, reason});
  out_ = handshake_frame(Refused{reason});
  stream_->write(out_, shared_from_this());
}

void Visitor::written(const ErrorCode& error) {
  if (phase_ == Phase::closed) return;
  if (error) return fail(closed_it, stream_->explain(error));
  if (phase_ == Phase::refused) {
    close();
    host_.left(*this);
  }
}

}  // namespace lockstep::net
