// TLS 1.3 with certificates on both sides: the authority's and this node's files, read once.
#pragma once

#include <memory>

#include "net/transport/stream.hpp"
#include "net/transport/transport.hpp"

namespace lockstep::net {

class Tls {
 public:
  // Throws std::runtime_error that names the file that cannot be used.
  explicit Tls(const TlsFiles& files);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  [[nodiscard]] std::unique_ptr<Stream> stream(asio::ip::tcp::socket socket);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace lockstep::net
