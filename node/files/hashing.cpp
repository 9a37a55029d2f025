#include "node/files/hashing.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <string>

#include "core/base/check.hpp"
#include "node/files/shelf.hpp"

namespace lockstep::node {
namespace {

const EVP_MD* algorithm() {
  static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  check(fetched != nullptr, "the library has SHA-256");
  return fetched;
}

class Sum {
 public:
  Sum() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    check(EVP_DigestInit_ex(context_.get(), algorithm(), nullptr) == 1, "a hash begins");
  }
  void add(std::string_view bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "a hash goes on");
  }
  [[nodiscard]] Hash hash() {
    Hash hash;
    check(EVP_DigestFinal_ex(context_.get(), hash.bytes.data(), nullptr) == 1, "a hash ends");
    return hash;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

}  // namespace

Hash fast_sha256(std::string_view bytes) {
  Sum sum;
  sum.add(bytes);
  return sum.hash();
}

std::optional<flood::Manifest> manifest_of(const Descriptor& file, std::uint64_t size) {
  flood::Manifest manifest{.size = size, .whole = {}, .chunks = {}};
  manifest.chunks.reserve(flood::chunks_of(size));
  std::string chunk(std::min<std::uint64_t>(size, flood::chunk_size), '\0');
  Sum whole;
  for (std::uint64_t at = 0; at < size; at += chunk.size()) {
    chunk.resize(std::min<std::uint64_t>(size - at, flood::chunk_size));
    if (!read_at(file, at, chunk.data(), chunk.size())) return std::nullopt;
    whole.add(chunk);
    manifest.chunks.push_back(fast_sha256(chunk));
  }
  manifest.whole = whole.hash();
  return manifest;
}

}  // namespace lockstep::node
