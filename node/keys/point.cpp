// refusal() of ed25519.hpp: what a public key is on the curve -x^2 + y^2 = 1 + d x^2 y^2 modulo
// p = 2^255 - 19. A key is y in 255 bits, little end first, and the lowest bit of x.
#include <openssl/bn.h>

#include <algorithm>
#include <memory>

#include "core/base/check.hpp"
#include "core/base/hash.hpp"
#include "node/keys/ed25519.hpp"

namespace lockstep::node {
namespace {

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Scratch = std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)>;

// The y of the eight points whose order divides 8.
constexpr std::string_view small_orders[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",  // order 1
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // 2
    "0000000000000000000000000000000000000000000000000000000000000000",  // 4
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  // 8
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  // 8
};
constexpr const char* p_digits = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
constexpr const char* d_digits = "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

Number number_of(const char* digits) {
  BIGNUM* read = nullptr;
  check(BN_hex2bn(&read, digits) > 0, "these are digits");
  return {read, BN_free};
}

Number new_number() {
  Number number(BN_new(), BN_free);
  check(number != nullptr, "there is memory for a number");
  return number;
}

// Whether (y^2 - 1) / (d y^2 + 1) is the square of an x. It is if the product of the two is, and
// the divisor is never 0. REQUIRES: 1 < y < p - 1.
bool has_x(const BIGNUM* y, const BIGNUM* p) {
  const Scratch scratch(BN_CTX_new(), BN_CTX_free);
  check(scratch != nullptr, "there is memory for numbers");
  BN_CTX* const room = scratch.get();
  const Number d = number_of(d_digits);
  const Number square = new_number(), above = new_number(), below = new_number();
  const bool computed = BN_mod_sqr(square.get(), y, p, room) == 1 &&
                        BN_mod_sub(above.get(), square.get(), BN_value_one(), p, room) == 1 &&
                        BN_mod_mul(below.get(), square.get(), d.get(), p, room) == 1 &&
                        BN_mod_add(below.get(), below.get(), BN_value_one(), p, room) == 1 &&
                        BN_mod_mul(above.get(), above.get(), below.get(), p, room) == 1;
  check(computed, "OpenSSL computes");
  return BN_kronecker(above.get(), p, room) == 1;
}

}  // namespace

std::string_view refusal(const quorum::PublicKey& key) {
  Hash y_bytes{.bytes = key.bytes};
  y_bytes.bytes.back() &= 0x7F;
  if (std::ranges::find(small_orders, y_bytes.hex()) != std::end(small_orders))
    return "is one that everybody can sign for";
  const Number p = number_of(p_digits);
  const Number y(BN_lebin2bn(y_bytes.bytes.data(), static_cast<int>(y_bytes.bytes.size()), nullptr),
                 BN_free);
  check(y != nullptr, "there is memory for a number");
  if (BN_cmp(y.get(), p.get()) >= 0) return "is not written as RFC 8032 wants it";
  if (!has_x(y.get(), p.get())) return "is no point of the curve; is a digit wrong?";
  return {};
}

}  // namespace lockstep::node
