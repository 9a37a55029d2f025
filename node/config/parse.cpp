#include "node/config/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "net/address.hpp"

namespace lockstep::node {
namespace {

using Kind = Value::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string found(const Value& value) {
  switch (value.kind) {
    case Kind::object: return "found an object { … }";
    case Kind::list: return "found a list [ … ]";
    case Kind::null: return "found null; leave the key out for its default";
    case Kind::word:
    case Kind::text: return "found " + in_quotes(value.text);
    case Kind::boolean:
    case Kind::number: return "found " + value.text.substr(0, 40);
  }
  return "";
}

template <class T>
Result<T> refused(const Value& value, const std::string& expected) {
  return {std::nullopt, "expected " + expected + ", " + found(value)};
}

bool is_text(const Value& value) { return value.kind == Kind::text || value.kind == Kind::word; }

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool is_host(std::string_view host, bool in_brackets) {
  const auto good = [&](char c) {
    if (in_brackets) return is_digit(c) || is_letter(c) || c == ':' || c == '.' || c == '%';
    return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_';
  };
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), good);
}

std::optional<Address> address_in(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (in_brackets) host = host.substr(1, host.size() - 2);
  const auto port = whole(text.substr(colon + 1));
  if (!is_host(host, in_brackets) || !port || *port < 1 || *port > 65535) return std::nullopt;
  return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

}  // namespace

Result<bool> parse_bool(const Value& value) {
  const bool may_be = value.kind == Kind::boolean || value.kind == Kind::word;
  if (may_be && value.text == "true") return {true, ""};
  if (may_be && value.text == "false") return {false, ""};
  return refused<bool>(value, "true or false");
}

Result<std::uint64_t> parse_whole(const Value& value, std::uint64_t low, std::uint64_t high) {
  const bool may_be = value.kind == Kind::number || value.kind == Kind::word;
  const auto number = may_be ? whole(value.text) : std::nullopt;
  if (number && *number >= low && *number <= high) return {number, ""};
  return refused<std::uint64_t>(value, fmt::format("a whole number from {} to {}", low, high));
}

Result<NodeId> parse_id(const Value& value) {
  const auto id = parse_whole(value, 1, 1000);
  if (!id.value) return {std::nullopt, id.refusal};
  return {NodeId(static_cast<NodeId::rep>(*id.value)), ""};
}

Result<std::string> parse_text(const Value& value) {
  const bool good = is_text(value) && !value.text.empty() && is_utf8(value.text) &&
                    one_line(value.text) == value.text;
  if (good) return {value.text, ""};
  return refused<std::string>(value, "a text of at least one character, none of control");
}

Result<std::string> parse_choice(const Value& value, const std::vector<std::string>& words) {
  const bool known = std::find(words.begin(), words.end(), value.text) != words.end();
  if (is_text(value) && known) return {value.text, ""};
  auto result = refused<std::string>(value, fmt::format("one of {}", fmt::join(words, ", ")));
  const std::string hint = is_text(value) ? suggestion(value.text, words) : "";
  if (hint.rfind("did you mean", 0) == 0) result.refusal += "; " + hint;
  return result;
}

Result<Duration> parse_time(const Value& value) {
  const auto time = is_text(value) ? parse_duration(value.text) : std::nullopt;
  if (time && *time > Duration(0) && *time <= longest_time) return {time, ""};
  return refused<Duration>(value, "a time above 0 and up to 1 h, like \"50 ms\" or \"5 s\"");
}

Result<Duration> parse_moment(const Value& value) {
  if (value.text == "0") return {Duration(), ""};
  const auto time = is_text(value) ? parse_duration(value.text) : std::nullopt;
  if (time && *time >= Duration() && *time <= milliseconds(100)) return {time, ""};
  return refused<Duration>(value, "a time up to 100 ms, like \"500 us\", or 0");
}

Result<Range> parse_range(const Value& value) {
  const std::string text = is_text(value) ? value.text : "";
  const std::size_t dots = text.find("..");
  std::string low(trimmed(std::string_view(text).substr(0, dots)));
  std::string high = low;
  if (dots != std::string::npos) high = trimmed(std::string_view(text).substr(dots + 2));
  if (low.find_first_not_of("0123456789.") == std::string::npos)
    low += high.substr(std::min(high.find_first_not_of("0123456789."), high.size()));
  const auto from = parse_duration(low);
  const auto to = parse_duration(high);
  if (from && to && Duration(0) < *from && *from <= *to && *to <= longest_time)
    return {Range{*from, *to}, ""};
  return refused<Range>(
      value, "a range above 0 and up to 1 h, the smaller end first, like \"150..300 ms\"");
}

Result<Address> parse_address(const Value& value) {
  const auto address = is_text(value) ? address_in(value.text) : std::nullopt;
  if (address) return {address, ""};
  return refused<Address>(value,
                          "host:port with a port from 1 to 65535, like \"10.0.0.1:7000\" or "
                          "\"[fd00::1]:7000\"");
}

Result<std::vector<quorum::Weight>> parse_weights(const Value& value) {
  const auto no = [&] {
    return refused<std::vector<quorum::Weight>>(
        value, "a weight of 0.1 to 2.0 for each member, like \"1.0, 0.5, 2.0\"");
  };
  if (!is_text(value)) return no();
  std::vector<quorum::Weight> weights;
  std::string_view rest = value.text;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view one = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (one.size() != 3 || !is_digit(one[0]) || one[1] != '.' || !is_digit(one[2])) return no();
    const quorum::Weight weight(static_cast<std::uint32_t>((one[0] - '0') * 10 + one[2] - '0'));
    if (weight < quorum::lightest || quorum::heaviest < weight) return no();
    weights.push_back(weight);
  }
  if (weights.empty()) return no();
  return {std::move(weights), ""};
}

std::string to_text(const Address& address) {
  return net::address_text(address.host, address.port);
}

std::string to_text(const Range& range) {
  const std::string low = lockstep::to_text(range.low);
  const std::string high = lockstep::to_text(range.high);
  if (low == high) return low;
  const std::size_t space = low.find(' ');
  const bool same_unit = low.substr(space) == high.substr(std::min(high.find(' '), high.size()));
  return (same_unit ? low.substr(0, space) : low) + ".." + high;
}

}  // namespace lockstep::node
