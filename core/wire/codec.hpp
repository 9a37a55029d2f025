// Values <-> bytes, for everything that is described (core/base/describe.hpp).
//
// Format 1. Unsigned integers, strong ids and enums are LEB128 varints in their shortest form;
// signed integers, Instant and Duration are zigzag varints. A string is its length and bytes; a
// vector or FlatMap its count and elements (keys strictly ascending); an optional a byte 0 or 1 and
// the value; a pair, array or Ratio its parts (an array of bytes is these); a variant the
// alternative's place and its value; a described struct its fields in order. An element of a vector
// that takes no bytes by itself (Nothing) is written as one byte 0, so that a count never exceeds
// the bytes that follow it. The version of the format travels in the frame (core/wire/frame.hpp).
//
// There is one encoding of a value and decode accepts no other; it takes the whole input or
// nothing. Decoding arbitrary bytes never throws (but bad_alloc), never reads past the end and
// allocates at most a constant multiple of the input's size.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/reader.hpp"
#include "core/wire/writer.hpp"

namespace lockstep::wire {

inline constexpr unsigned char format_version = 1;

// Appends the encoding of `value` to `out`.
template <class T>
void encode(const T& value, std::string& out) {
  Writer writer(out);
  writer.put(value);
}

// As decode, into an object whose memory is reused. On false `value` holds anything valid.
template <class T>
[[nodiscard]] bool decode_into(std::string_view bytes, T& value) {
  Reader reader(bytes);
  reader.get(value);
  return reader.complete();
}

template <class T>
[[nodiscard]] std::optional<T> decode(std::string_view bytes) {
  std::optional<T> value(std::in_place);
  if (!decode_into(bytes, *value)) value.reset();
  return value;
}

}  // namespace lockstep::wire
