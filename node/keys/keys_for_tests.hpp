// Keys for tests, and hexadecimal digits to the bytes of anything.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/quorum/signature.hpp"
#include "node/keys/rfc8032_for_tests.hpp"

namespace lockstep::node {

inline std::string bytes_of_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  return bytes;
}

// A key or a signature.
template <class T>
T from_hex(std::string_view digits) {
  const std::string bytes = bytes_of_hex(digits);
  T value;
  if (bytes.size() != value.bytes.size()) throw std::logic_error("digits of another size");
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
  return value;
}

// That of the published example `number`, 1 to 5.
inline quorum::SecretKey example_secret(std::uint32_t number) {
  return from_hex<quorum::SecretKey>(rfc8032_examples[number - 1].secret);
}

}  // namespace lockstep::node
