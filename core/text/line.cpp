#include "core/text/line.hpp"

#include <array>
#include <charconv>

#include "core/text/to_text.hpp"

namespace lockstep {
namespace text {
namespace {

template <class T>
void append_number(T value, std::string& out) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_escaped(char byte, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  if (byte == '"' || byte == '\\') {
    out += '\\';
    out += byte;
  } else if (value >= 0x20 && value < 0x7F) {
    out += byte;
  } else {
    out += "\\x";
    out += hex[value >> 4];
    out += hex[value & 15];
  }
}

}  // namespace

void Line::number(std::uint64_t value) { append_number(value, out_); }
void Line::signed_number(std::int64_t value) { append_number(value, out_); }

void Line::put(NodeId id) {
  if (id == nobody) {
    out_ += '-';
  } else if (is_client(id)) {
    out_ += 'c';
    number(id.value() - client_base);
  } else {
    out_ += 'n';
    number(id.value());
  }
}

void Line::put(Instant value) { out_ += lockstep::to_text(value); }
void Line::put(Duration value) { out_ += lockstep::to_text(value); }

void Line::put(Ratio value) {
  number(value.numerator);
  out_ += '/';
  number(value.denominator);
}

void Line::put(std::string_view value) {
  const bool whole = value.size() <= longest_string;
  out_ += '"';
  for (const char byte : whole ? value : value.substr(0, shown_bytes)) append_escaped(byte, out_);
  out_ += whole ? "\"" : "...\"(";
  if (whole) return;
  number(value.size());
  out_ += " bytes)";
}

}  // namespace text

std::string display_name(NodeId id) { return to_text(id); }

}  // namespace lockstep
