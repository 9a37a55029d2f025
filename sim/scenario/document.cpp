#include "sim/scenario/document.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "core/base/check.hpp"
#include "sim/scenario/scanner.hpp"

namespace lockstep::sim {
namespace {

// Every control character of a file name or a message, so that an error stays one line.
std::string one_line(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += "\\x";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

std::string error_text(const std::string& file, Position position, const std::string& path,
                       const std::string& message) {
  return one_line(file) + ":" + std::to_string(position.line) + ":" +
         std::to_string(position.column) + ": " + (path.empty() ? "top level" : one_line(path)) +
         ": " + one_line(message);
}

[[noreturn]] void fail_file(const std::string& path, const std::string& message) {
  throw ScenarioError(path, Position{}, "file", message);
}

// Of a value that may turn out to be no JSON.
std::size_t nesting_of(std::string_view value) {
  std::size_t depth = 0, deepest = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\') ++i;
    if (quoted) continue;
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return deepest;
}

std::string read_at_most(const std::string& path, std::size_t limit) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    fail_file(path, "there is no such file; check the path");
  if (std::filesystem::is_directory(status))
    fail_file(path, "this is a folder; name a scenario file in it");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    fail_file(path, std::string("cannot be opened (") + std::strerror(errno) +
                        "); check its permissions");
  }
  std::string text;
  std::array<char, 65536> block;
  while (text.size() <= limit && in.read(block.data(), block.size()).gcount() > 0)
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
  if (in.bad()) fail_file(path, "reading it failed; check the disk");
  if (text.size() > limit) {
    fail_file(path, "too large: more than " + std::to_string(limit / (1024 * 1024)) +
                        " MiB; a scenario is a short text");
  }
  return text;
}

Position position_of(std::string_view text, std::size_t offset) {
  Position position;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++position.column;
    }
  }
  return position;
}

// "a.b[2].c" as a, b, 2, c; nothing when it is malformed.
std::optional<std::vector<std::string>> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  std::string current;
  bool closed = false;  // right after "]": a '.', a '[' or the end must follow
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '.' || c == '[') {
      if (current.empty() && !closed) return std::nullopt;
      if (!closed) segments.push_back(std::exchange(current, {}));
      closed = false;
      if (c == '.') continue;
      const std::size_t end = path.find(']', i);
      if (end == std::string_view::npos || end == i + 1) return std::nullopt;
      segments.emplace_back(path.substr(i + 1, end - i - 1));
      i = end;
      closed = true;
    } else if (closed) {
      return std::nullopt;
    } else {
      current += c;
    }
  }
  if (!closed) {
    if (current.empty()) return std::nullopt;
    segments.push_back(current);
  }
  return segments;
}

Marks marks_of(const Json& json, Position key, Position value) {
  Marks marks{key, value, true, {}};
  if (json.is_structured()) {
    for (const auto& member : json) marks.children.push_back(marks_of(member, value, value));
  }
  return marks;
}

bool same_shape(const Json& json, const Marks& marks) {
  if (!json.is_structured()) return marks.children.empty();
  if (json.size() != marks.children.size()) return false;
  std::size_t i = 0;
  return std::all_of(json.begin(), json.end(),
                     [&](const Json& member) { return same_shape(member, marks.children[i++]); });
}

Json json_or_text(const std::string& value) {
  Json json = Json::parse(value, nullptr, false);
  return json.is_discarded() ? Json(value) : json;
}

}  // namespace

ScenarioError::ScenarioError(const std::string& file, Position where, const std::string& path,
                             const std::string& message)
    : std::runtime_error(error_text(file, where, path, message)), position(where) {}

Document Document::load(const std::string& path) {
  return from_text(path, read_at_most(path, max_file_bytes));
}

Document Document::from_text(std::string name, std::string_view text) {
  if (text.size() > max_file_bytes)
    fail_file(name, "too large: more than 16 MiB; a scenario is a short text");
  const std::size_t bad = first_bad_utf8(text);
  if (bad != std::string_view::npos) {
    throw ScenarioError(name, position_of(text, bad), "", "not UTF-8; save the file as UTF-8");
  }
  Document document;
  document.name_ = std::move(name);
  std::string bare(text);
  document.marks_ = scan(document.name_, bare);
  try {
    document.json_ = Json::parse(bare);
  } catch (const Json::exception& error) {
    throw ScenarioError(document.name_, Position{}, "", error.what());
  }
  check(same_shape(document.json_, document.marks_), "both passes see the same values");
  return document;
}

void Document::set(const std::string& path, const std::string& value) {
  const auto fail = [&](const Marks& where, const std::string& message) {
    throw ScenarioError(name_, where.value, path, message + " (set by --set)");
  };
  const auto segments = segments_of(path);
  if (!segments) fail(marks_, "not a path; write it as config.heartbeat or faults[0].at");
  if (first_bad_utf8(path + value) != std::string_view::npos) fail(marks_, "not UTF-8");
  if (nesting_of(value) > max_depth)
    fail(marks_, "nested deeper than " + std::to_string(max_depth) + " levels; flatten it");

  Json* json = &json_;
  Marks* marks = &marks_;
  for (const std::string& segment : *segments) {
    if (json->is_null() && marks->overridden) *json = Json::object();
    if (json->is_array()) {
      std::size_t index = 0;
      const auto end = segment.data() + segment.size();
      const auto result = std::from_chars(segment.data(), end, index);
      if (result.ec != std::errc() || result.ptr != end || index >= json->size()) {
        fail(*marks, in_quotes(segment) + " is not an index of a list of " +
                         std::to_string(json->size()) + "; count from 0");
      }
      json = &(*json)[index];
      marks = &marks->children[index];
    } else if (json->is_object()) {
      const auto it = json->find(segment);
      const auto index = static_cast<std::size_t>(std::distance(json->begin(), it));
      if (it == json->end()) {
        (*json)[segment] = nullptr;
        marks->children.push_back(Marks{marks->value, marks->value, true, {}});
      }
      json = &(*json)[segment];
      marks = &marks->children[index];
    } else {
      fail(*marks, "there is nothing below " + in_quotes(json->dump()) + "; shorten the path");
    }
  }
  *json = json_or_text(value);
  *marks = marks_of(*json, marks->key, marks->value);
}

void Document::erase(const std::string& key) {
  const auto it = json_.find(key);
  if (it == json_.end()) return;
  marks_.children.erase(marks_.children.begin() + std::distance(json_.begin(), it));
  json_.erase(it);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string_view shown = text.substr(0, longest);
  while (shown.size() < text.size() && !shown.empty() &&
         (static_cast<unsigned char>(text[shown.size()]) & 0xC0) == 0x80)
    shown.remove_suffix(1);
  return "'" + one_line(shown) + (shown.size() < text.size() ? "…'" : "'");
}

std::string join_path(const std::string& path, std::string_view key) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  if (key.empty() || !std::all_of(key.begin(), key.end(), plain)) {
    const std::string text = in_quotes(key);
    return path + "[\"" + text.substr(1, text.size() - 2) + "\"]";
  }
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::string join_path(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

std::size_t first_bad_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    if (length == 0 || i + length > text.size()) return i;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return i;
    }
    if (length > 2) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
      const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
      if (overlong || outside) return i;
    }
    i += length;
  }
  return std::string_view::npos;
}

}  // namespace lockstep::sim
