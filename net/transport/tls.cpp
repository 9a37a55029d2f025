#include "net/transport/tls.hpp"

#include <openssl/x509v3.h>

#include <boost/asio/ssl.hpp>
#include <stdexcept>

namespace lockstep::net {
namespace {

using asio::ip::tcp;
namespace ssl = asio::ssl;

class Secure final : public Stream {
 public:
  Secure(tcp::socket socket, ssl::context& context) : stream_(std::move(socket), context) {}

  tcp::socket& socket() override { return stream_.next_layer(); }
  void open(Side side, User user) override {
    stream_.async_handshake(
        side == Side::dialler ? ssl::stream_base::client : ssl::stream_base::server,
        [user = std::move(user)](const ErrorCode& error) { user->opened(error); });
  }
  void read_some(std::span<char> into, User user) override {
    stream_.async_read_some(asio::buffer(into.data(), into.size()),
                            [user = std::move(user)](const ErrorCode& error, std::size_t bytes) {
                              user->arrived(error, bytes);
                            });
  }
  void write(std::string_view bytes, User user) override {
    asio::async_write(
        stream_, asio::buffer(bytes.data(), bytes.size()),
        [user = std::move(user)](const ErrorCode& error, std::size_t) { user->written(error); });
  }

  [[nodiscard]] std::optional<std::string> not_node(NodeId id) const override {
    const std::string name = "node-" + std::to_string(id.value());
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(handle()),
                                                            &X509_free);
    constexpr unsigned flags = X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS;
    if (shown && X509_check_host(shown.get(), name.data(), name.size(), flags, nullptr) == 1) {
      return std::nullopt;
    }
    return "its certificate is not one for " + name;
  }

  [[nodiscard]] std::string explain(const ErrorCode& error) const override {
    const long verdict = SSL_get_verify_result(handle());
    if (error.category() != asio::error::get_ssl_category() || verdict == X509_V_OK) {
      return error.message();
    }
    return error.message() + ": " + X509_verify_cert_error_string(verdict);
  }

 private:
  [[nodiscard]] SSL* handle() const {
    return const_cast<ssl::stream<tcp::socket>&>(stream_).native_handle();
  }
  ssl::stream<tcp::socket> stream_;
};

void must(const ErrorCode& error, const std::string& what, const std::string& file) {
  if (!error) return;
  throw std::runtime_error("cannot use " + file + " as " + what + ": " + error.message() +
                           "; give a readable PEM file");
}

}  // namespace

struct Tls::Context {
  ssl::context tls{ssl::context::tlsv13};
};

Tls::Tls(const TlsFiles& files) : context_(std::make_unique<Context>()) {
  ssl::context& tls = context_->tls;
  ErrorCode error;
  tls.load_verify_file(files.authority, error);
  must(error, "the authority", files.authority);
  tls.use_certificate_chain_file(files.certificate, error);
  must(error, "this node's certificate", files.certificate);
  tls.use_private_key_file(files.key, ssl::context::pem, error);
  must(error, "the key of " + files.certificate, files.key);
  tls.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  // Nobody resumes a session here: the certificate is looked at every time.
  SSL_CTX_set_num_tickets(tls.native_handle(), 0);
  SSL_CTX_set_session_cache_mode(tls.native_handle(), SSL_SESS_CACHE_OFF);
}

Tls::~Tls() = default;

std::unique_ptr<Stream> Tls::stream(tcp::socket socket) {
  return std::make_unique<Secure>(std::move(socket), context_->tls);
}

}  // namespace lockstep::net
