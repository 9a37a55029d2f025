#include "net/transport/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <zlib.h>

#include <array>
#include <limits>

#include "core/base/check.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::net {
namespace {

constexpr std::size_t mac_size = 32;

std::array<unsigned char, mac_size> mac_of(std::string_view bytes, std::string_view key) {
  std::array<unsigned char, mac_size> mac{};
  unsigned size = 0;
  const unsigned char* done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), mac.data(), &size);
  check(done != nullptr && size == mac_size, "HMAC-SHA256 is there");
  return mac;
}

const Bytef* bytes_of(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }

}  // namespace

std::string seal(const Datagram& datagram, std::string_view key) {
  std::string bytes;
  wire::encode(datagram, bytes);
  const auto mac = mac_of(bytes, key);
  bytes.append(reinterpret_cast<const char*>(mac.data()), mac.size());
  return bytes;
}

std::optional<Datagram> unseal(std::string_view bytes, std::string_view key) {
  if (bytes.size() < mac_size) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - mac_size);
  const auto mac = mac_of(body, key);
  if (CRYPTO_memcmp(mac.data(), bytes.data() + body.size(), mac_size) != 0) return std::nullopt;
  return wire::decode<Datagram>(body);
}

void fill(Datagram& datagram, std::string_view message, std::size_t compress_above) {
  datagram.plain_size = 0;
  if (message.size() > compress_above && message.size() <= std::numeric_limits<uInt>::max()) {
    uLongf size = compressBound(message.size());
    datagram.content.resize(size);
    const int result = compress2(reinterpret_cast<Bytef*>(datagram.content.data()), &size,
                                 bytes_of(message), message.size(), Z_BEST_SPEED);
    if (result == Z_OK && size < message.size()) {
      datagram.content.resize(size);
      datagram.plain_size = static_cast<std::uint32_t>(message.size());
      return;
    }
  }
  datagram.content.assign(message);
}

std::optional<std::string> message_of(Datagram&& datagram, std::size_t largest) {
  if (datagram.plain_size == 0) return std::move(datagram.content);
  if (datagram.plain_size > largest) return std::nullopt;
  std::string message(datagram.plain_size, '\0');
  uLongf size = message.size();
  const int result = uncompress(reinterpret_cast<Bytef*>(message.data()), &size,
                                bytes_of(datagram.content), datagram.content.size());
  if (result != Z_OK || size != message.size()) return std::nullopt;
  return message;
}

}  // namespace lockstep::net
