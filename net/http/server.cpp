#include "net/http/server.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "net/address.hpp"
#include "net/http/connection.hpp"
#include "net/http/response_text.hpp"

namespace lockstep::net {
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

// Deadlines are looked at this often. A timer for each request would cost more than the request.
constexpr auto sweep_interval = std::chrono::milliseconds(250);
constexpr auto accept_retry = std::chrono::milliseconds(100);
constexpr auto accept_log_interval = std::chrono::seconds(1);
// Connections above the limit that are given time to read their 503; the next are just closed.
constexpr std::size_t turned_away_at_once = 64;

template <class List>
const std::string* find(const List& list, std::string_view name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.first == name; });
  return found == list.end() ? nullptr : &found->second;
}

Acceptor listen(asio::io_context& io, const std::string& host, std::uint16_t port) {
  try {
    Acceptor acceptor(io.get_executor());
    listen_at(acceptor, io, host, port);
    return acceptor;
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("cannot listen for clients on " + address_text(host, port) + ": " +
                             error.code().message() +
                             "; choose an address of this machine and a port that is free");
  }
}

Client describe(const asio::ip::tcp::endpoint& endpoint) {
  auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return {address.to_string(), address.is_loopback()};
}

HttpResponse too_many_connections() {
  HttpResponse response = refusal_response(503, "too many connections; try again in a second");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

const std::string* HttpRequest::header(std::string_view lower_case_name) const {
  return find(headers, lower_case_name);
}
const std::string* HttpRequest::parameter(std::string_view name) const { return find(query, name); }

class HttpServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, HttpOptions options, Handler handler, Log& log)
      : io_(io),
        acceptor_(listen(io, options.host, options.port)),
        port_(acceptor_.local_endpoint().port()),
        retry_(io),
        sweep_(io),
        service_(std::make_shared<Service>(std::move(options), std::move(handler), log)) {}

  void accept();
  void drain(std::function<void()> done);
  void close();

  [[nodiscard]] const std::shared_ptr<Service>& service() const { return service_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void welcome(Socket socket);
  void retry_after(ErrorCode error);
  void sweep_later();
  void report_drained();

  asio::io_context& io_;
  Acceptor acceptor_;
  std::uint16_t port_;
  asio::steady_timer retry_;
  asio::steady_timer sweep_;
  std::shared_ptr<Service> service_;
  std::function<void()> drained_;
  std::optional<Clock::time_point> logged_;  // when the latest failure to accept was
  bool sweeping_ = false;
};

void HttpServer::Impl::accept() {
  acceptor_.async_accept([self = shared_from_this()](ErrorCode error, Socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (error && error != asio::error::connection_aborted) return self->retry_after(error);
    if (!error) self->welcome(std::move(socket));
    if (self->acceptor_.is_open()) self->accept();
  });
}

void HttpServer::Impl::welcome(Socket socket) {
  ErrorCode error;
  const auto endpoint = socket.remote_endpoint(error);
  if (!error) socket.set_option(asio::ip::tcp::no_delay(true), error);
  if (!error) socket.non_blocking(true, error);
  if (error) return;  // The client is gone already.
  ++service_->counters.accepted;
  const std::size_t open = service_->sessions.size();
  const bool full = open >= service_->options.connections;
  if (full) ++service_->counters.refused;
  if (full && open >= service_->options.connections + turned_away_at_once) return;
  const auto connection =
      std::make_shared<Connection>(service_, std::move(socket), describe(endpoint));
  service_->add(connection);
  sweep_later();
  full ? connection->turn_away(too_many_connections()) : connection->start();
}

// Out of file descriptors or memory: what is open goes on, and closes in time.
void HttpServer::Impl::retry_after(ErrorCode error) {
  const auto now = Clock::now();
  if (!logged_ || now - *logged_ >= accept_log_interval) {
    logged_ = now;
    service_->log.error("cannot accept clients; raise the limit of open files if it is that",
                        {{"error", error.message()}, {"open", service_->sessions.size()}});
  }
  retry_.expires_after(accept_retry);
  retry_.async_wait([self = shared_from_this()](ErrorCode cancelled) {
    if (!cancelled && self->acceptor_.is_open()) self->accept();
  });
}

void HttpServer::Impl::sweep_later() {
  if (sweeping_ || service_->sessions.empty()) return;
  sweeping_ = true;
  sweep_.expires_after(sweep_interval);
  sweep_.async_wait([self = shared_from_this()](ErrorCode cancelled) {
    self->sweeping_ = false;
    if (cancelled) return;
    const auto now = Clock::now();
    self->service_->each([now](Session& session) { session.sweep(now); });
    self->sweep_later();
  });
}

void HttpServer::Impl::drain(std::function<void()> done) {
  drained_ = std::move(done);
  service_->draining = true;
  ErrorCode ignored;  // a socket is closed whatever close() says
  acceptor_.close(ignored);
  retry_.cancel();
  // Later, since a connection that becomes a WebSocket is off the list for a moment.
  service_->emptied = [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self) asio::post(self->io_, [self] { self->report_drained(); });
  };
  service_->each([](Session& session) { session.drain(); });
  asio::post(io_, [self = shared_from_this()] { self->report_drained(); });
}

void HttpServer::Impl::report_drained() {
  if (!service_->sessions.empty() || !drained_) return;
  const auto done = std::exchange(drained_, nullptr);
  done();
}

void HttpServer::Impl::close() {
  drained_ = nullptr;
  service_->emptied = nullptr;
  service_->draining = true;
  ErrorCode ignored;  // a socket is closed whatever close() says
  acceptor_.close(ignored);
  retry_.cancel();
  sweep_.cancel();
  service_->each([](Session& session) { session.close(); });
}

HttpServer::HttpServer(asio::io_context& io, HttpOptions options, Handler handler, Log& log)
    : impl_(std::make_shared<Impl>(io, std::move(options), std::move(handler), log)) {
  impl_->accept();
}
HttpServer::~HttpServer() { impl_->close(); }

void HttpServer::on_stream(StreamHandler accepts, StreamOpened opened) {
  impl_->service()->accepts = std::move(accepts);
  impl_->service()->opened = std::move(opened);
}
void HttpServer::drain(std::function<void()> done) { impl_->drain(std::move(done)); }

HttpCounters HttpServer::counters() const {
  HttpCounters counters = impl_->service()->counters;
  counters.open = impl_->service()->sessions.size();
  return counters;
}
std::uint16_t HttpServer::port() const { return impl_->port(); }

}  // namespace lockstep::net
