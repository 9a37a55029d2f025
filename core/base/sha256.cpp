#include "core/base/sha256.hpp"

#include <algorithm>
#include <bit>

namespace lockstep {
namespace {

using Word = std::uint32_t;

// Section 4.2.2: of the cube roots of the first 64 primes, the first 32 bits behind the point.
constexpr std::array<Word, 64> constants = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2};

Word big_endian(std::string_view bytes, std::size_t at) {
  Word value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// Section 6.2.2, step 1.
std::array<Word, 64> schedule(std::string_view block) {
  std::array<Word, 64> w{};
  for (std::size_t t = 0; t < 16; ++t) w[t] = big_endian(block, 4 * t);
  for (std::size_t t = 16; t < 64; ++t) {
    const Word a = w[t - 15];
    const Word b = w[t - 2];
    const Word sigma0 = std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3);
    const Word sigma1 = std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10);
    w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
  }
  return w;
}

}  // namespace

// Section 6.2.2, steps 2 to 4.
void Sha256::compress(std::string_view block) {
  const std::array<Word, 64> w = schedule(block);
  auto [a, b, c, d, e, f, g, h] = state_;
  for (std::size_t t = 0; t < 64; ++t) {
    const Word sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const Word choice = (e & f) ^ (~e & g);
    const Word t1 = h + sum1 + choice + constants[t] + w[t];
    const Word sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const Word majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + sum0 + majority;
  }
  const std::array<Word, 8> worked = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state_.size(); ++i) state_[i] += worked[i];
}

void Sha256::update(std::string_view bytes) {
  const std::size_t held = size_ % block_size;
  size_ += bytes.size();
  if (held > 0) {
    const std::string_view part = bytes.substr(0, block_size - held);
    std::copy(part.begin(), part.end(), rest_.data() + held);
    bytes.remove_prefix(part.size());
    if (held + part.size() < block_size) return;
    compress({rest_.data(), block_size});
    rest_.fill(0);
  }
  for (; bytes.size() >= block_size; bytes.remove_prefix(block_size))
    compress(bytes.substr(0, block_size));
  std::copy(bytes.begin(), bytes.end(), rest_.data());
}

// Section 5.1.1: a bit 1, zeros, and the length in bits as the last 64 bits of a block.
Hash Sha256::hash() const {
  constexpr std::size_t length_size = 8;
  Sha256 padded = *this;
  std::size_t held = size_ % block_size;
  padded.rest_[held++] = static_cast<char>(0x80);
  if (held > block_size - length_size) {
    padded.compress({padded.rest_.data(), block_size});
    padded.rest_.fill(0);
  }
  const std::uint64_t bits = size_ * 8;
  for (std::size_t i = 0; i < length_size; ++i)
    padded.rest_[block_size - 1 - i] = static_cast<char>(bits >> (8 * i));
  padded.compress({padded.rest_.data(), block_size});
  Hash hash;
  for (std::size_t i = 0; i < hash.bytes.size(); ++i)
    hash.bytes[i] = static_cast<std::uint8_t>(padded.state_[i / 4] >> (24 - 8 * (i % 4)));
  return hash;
}

Hash sha256(std::string_view bytes) {
  Sha256 hasher;
  hasher.update(bytes);
  return hasher.hash();
}

}  // namespace lockstep
