#include "core/flood/manifest.hpp"

#include <array>

#include "core/base/sha256.hpp"

namespace lockstep::flood {
namespace {

std::string_view bytes_of(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

}  // namespace

bool sound(const Manifest& manifest) {
  return manifest.size <= largest_file && manifest.chunks.size() == chunks_of(manifest.size);
}

FileId id_of(const Manifest& manifest) {
  Sha256 sum;
  std::array<char, 8> size{};
  for (std::size_t i = 0; i < size.size(); ++i)
    size[i] = static_cast<char>((manifest.size >> (8 * i)) & 0xFF);
  sum.update({size.data(), size.size()});
  sum.update(bytes_of(manifest.whole));
  for (const Hash& chunk : manifest.chunks) sum.update(bytes_of(chunk));
  return {sum.hash()};
}

Manifest manifest_of(std::string_view content) {
  Manifest manifest{.size = content.size(), .whole = sha256(content), .chunks = {}};
  for (std::size_t at = 0; at < content.size(); at += chunk_size)
    manifest.chunks.push_back(sha256(content.substr(at, chunk_size)));
  return manifest;
}

}  // namespace lockstep::flood
