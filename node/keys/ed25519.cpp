#include "node/keys/ed25519.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "core/base/check.hpp"

namespace lockstep::node {
namespace {

using quorum::PublicKey;
using quorum::SecretKey;
using quorum::Signature;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// What fails inside leaves nothing in the thread's queue.
class QuietErrors {
 public:
  QuietErrors() { ERR_set_mark(); }
  ~QuietErrors() { ERR_pop_to_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
};

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Key key_of(const SecretKey& secret) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.bytes.data(),
                                       secret.bytes.size()),
          EVP_PKEY_free);
  check(key != nullptr, "OpenSSL has Ed25519");
  return key;
}

Context new_context() {
  Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  check(context != nullptr, "there is memory for a context");
  return context;
}

Signature sign(const SecretKey& secret, std::string_view bytes) {
  const QuietErrors quiet;
  const Key key = key_of(secret);
  const Context context = new_context();
  Signature signature;
  std::size_t size = signature.bytes.size();
  const bool signed_it =
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestSign(context.get(), signature.bytes.data(), &size, octets(bytes), bytes.size()) ==
          1;
  check(signed_it && size == signature.bytes.size(), "OpenSSL signs with Ed25519");
  return signature;
}

bool verify(const PublicKey& key, std::string_view bytes, const Signature& signature) {
  const QuietErrors quiet;
  const Key theirs(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()),
      EVP_PKEY_free);
  check(theirs != nullptr, "OpenSSL has Ed25519");
  const Context context = new_context();
  const bool ready =
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, theirs.get()) == 1;
  check(ready, "OpenSSL verifies with Ed25519");
  return EVP_DigestVerify(context.get(), signature.bytes.data(), signature.bytes.size(),
                          octets(bytes), bytes.size()) == 1;
}

}  // namespace

quorum::Scheme ed25519_scheme() { return {.sign = sign, .verify = verify}; }

PublicKey ed25519_public(const SecretKey& secret) {
  const QuietErrors quiet;
  const Key key = key_of(secret);
  PublicKey shown;
  std::size_t size = shown.bytes.size();
  const bool got = EVP_PKEY_get_raw_public_key(key.get(), shown.bytes.data(), &size) == 1;
  check(got && size == shown.bytes.size(), "OpenSSL tells the public key");
  return shown;
}

SecretKey ed25519_random_secret() {
  const QuietErrors quiet;
  SecretKey secret;
  const bool drawn =
      RAND_priv_bytes(secret.bytes.data(), static_cast<int>(secret.bytes.size())) == 1;
  check(drawn, "the system has randomness");
  return secret;
}

}  // namespace lockstep::node
