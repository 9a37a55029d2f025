#include "sim/fuzz/pretty.hpp"

namespace lockstep::sim {
namespace {

constexpr std::size_t width = 118;

std::string flat(const Json& json) {
  if (!json.is_structured() || json.empty()) return json.dump();
  std::string text = json.is_object() ? "{ " : "[";
  bool first = true;
  for (const auto& [key, value] : json.items()) {
    if (!first) text += ", ";
    first = false;
    if (json.is_object()) text += Json(key).dump() + ": ";
    text += flat(value);
  }
  return text + (json.is_object() ? " }" : "]");
}

// `used`: columns that stand before it on its line, and behind it.
std::string broken(const Json& json, std::size_t indent, std::size_t used) {
  std::string line = flat(json);
  if (!json.is_structured() || json.empty() || (indent > 0 && used + line.size() <= width))
    return line;
  const std::string margin(indent + 2, ' ');
  std::string text = json.is_object() ? "{\n" : "[\n";
  std::size_t left = json.size();
  for (const auto& [key, value] : json.items()) {
    const std::string name = json.is_object() ? Json(key).dump() + ": " : "";
    text += margin + name + broken(value, indent + 2, indent + 3 + name.size());
    text += --left > 0 ? ",\n" : "\n";
  }
  return text + std::string(indent, ' ') + (json.is_object() ? "}" : "]");
}

}  // namespace

std::string pretty(const Json& json) { return broken(json, 0, 0) + "\n"; }

}  // namespace lockstep::sim
