#include "node/client/reason.hpp"

#include <nlohmann/json.hpp>

#include "node/config/value.hpp"

namespace lockstep::node {
namespace {

constexpr std::size_t longest = 300;

// A page of a proxy, say: its words on one line.
std::string flattened(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool space = static_cast<unsigned char>(c) <= ' ';
    if (!space) line += c;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

}  // namespace

std::string reason_in(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  const bool has_reason = json.is_object() && json.contains("reason") && json["reason"].is_string();
  const std::string reason = has_reason ? json["reason"].get<std::string>() : flattened(body);
  return one_line(reason.substr(0, longest));
}

}  // namespace lockstep::node
