#include "sim/trace/json_text.hpp"

#include <cstddef>
#include <iterator>

namespace lockstep::sim {

namespace {

void append(fmt::memory_buffer& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

// Length of the well-formed UTF-8 sequence at the start of `text` (Unicode 15, table 3-7), 0 when
// there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool too_high = first == 0xF4 && byte(1) > 0x8F;
    return overlong || too_high ? 0 : 4;
  }
  return 0;
}

bool is_plain(unsigned char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '<';
}

void append_special(fmt::memory_buffer& out, unsigned char c, Inside inside) {
  switch (c) {
    case '"': return append(out, "\\\"");
    case '\\': return append(out, "\\\\");
    case '\n': return append(out, "\\n");
    case '\r': return append(out, "\\r");
    case '\t': return append(out, "\\t");
    case '<': return append(out, inside == Inside::html ? "\\u003c" : "<");
    default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
  }
}

}  // namespace

void append_json(fmt::memory_buffer& out, std::string_view text, Inside inside) {
  out.push_back('"');
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t run = at;
    while (run < text.size() && is_plain(static_cast<unsigned char>(text[run]))) ++run;
    append(out, text.substr(at, run - at));
    if (run == text.size()) break;
    const std::size_t length = utf8_length(text.substr(run));
    if (length == 0)
      append(out, "\\ufffd");
    else if (length == 1)
      append_special(out, static_cast<unsigned char>(text[run]), inside);
    else
      append(out, text.substr(run, length));
    at = run + (length == 0 ? 1 : length);
  }
  out.push_back('"');
}

}  // namespace lockstep::sim
