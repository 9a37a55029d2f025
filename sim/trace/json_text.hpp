// JSON text written straight into a buffer, for output too large to build as a document first.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace lockstep::sim {

// Whether `<` is written as \u003c, so that no text can end or open an element of the HTML page
// around it.
enum class Inside { file, html };

// `text` as a JSON string with its quotes. The output is valid UTF-8 for any input: each byte that
// belongs to no well-formed sequence becomes U+FFFD.
void append_json(fmt::memory_buffer& out, std::string_view text, Inside inside = Inside::file);

}  // namespace lockstep::sim
