#include "net/http/target.hpp"

namespace lockstep::net {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool decode(std::string_view text, bool plus_is_space, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return false;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return true;
}

constexpr std::string_view scheme = "http://";

}  // namespace

std::string origin_form(std::string_view text) {
  if (!text.starts_with(scheme)) return std::string(text);
  const auto end = text.find_first_of("/?", scheme.size());
  if (end == std::string_view::npos) return "/";
  return (text[end] == '?' ? "/" : "") + std::string(text.substr(end));
}

std::optional<Target> decode_target(std::string_view text) {
  Target target;
  if (text == "*") {
    target.path = "*";
    return target;
  }
  if (text.empty()) return std::nullopt;
  std::string origin;
  if (text.starts_with(scheme)) text = origin = origin_form(text);
  if (text.find('#') != std::string_view::npos) return std::nullopt;
  const auto question = text.find('?');
  const auto path = text.substr(0, question);
  if (!decode(path, false, target.path)) return std::nullopt;
  if (target.path.empty() || path.starts_with('%') || target.path[0] != '/') return std::nullopt;
  auto rest = question == std::string_view::npos ? std::string_view() : text.substr(question + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto item = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (item.empty()) continue;
    const auto equals = item.find('=');
    auto& [name, value] = target.query.emplace_back();
    if (!decode(item.substr(0, equals), true, name)) return std::nullopt;
    if (equals == std::string_view::npos) continue;
    if (!decode(item.substr(equals + 1), true, value)) return std::nullopt;
  }
  return target;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += digits[byte >> 4U];
    encoded += digits[byte & 15U];
  }
  return encoded;
}

}  // namespace lockstep::net
