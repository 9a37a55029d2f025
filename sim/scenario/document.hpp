// Document: a scenario file as JSON that remembers where every key and value stands.
//
// Comments are allowed (// and /* */); trailing commas, duplicate keys and anything beyond the
// limits below are refused. Everything wrong is a ScenarioError: one line that says where, what and
// what to do.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::sim {

using Json = nlohmann::ordered_json;  // keys keep the file's order

// Counted from 1; columns count characters, not bytes.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend bool operator==(Position, Position) = default;
};

// what() is "file:line:column: path: message". The path is dotted, "faults[2].at", and "top level"
// for the whole file.
struct ScenarioError : std::runtime_error {
  ScenarioError(const std::string& file, Position position, const std::string& path,
                const std::string& message);
  Position position;
};

// Where a value and its key stand, and the same for its members in the order of the file.
struct Marks {
  Position key;
  Position value;
  bool overridden = false;  // the value came from --set; the positions are the nearest in the file
  std::vector<Marks> children;
};

inline constexpr std::size_t max_file_bytes = 16 * 1024 * 1024;
inline constexpr std::size_t max_depth = 64;
inline constexpr std::size_t max_values = 1'000'000;
inline constexpr std::size_t max_keys = 4096;  // in one object

class Document {
 public:
  // Never reads more than max_file_bytes + 1, whatever the path names.
  [[nodiscard]] static Document load(const std::string& path);
  [[nodiscard]] static Document from_text(std::string name, std::string_view text);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Json& json() const { return json_; }
  [[nodiscard]] const Marks& marks() const { return marks_; }

  // Sets "config.heartbeat" or "faults[0].at" (also "faults.0.at"). The value is JSON where it
  // parses as JSON, else a string. Objects on the way are made; an index must exist. Whether the
  // path means anything is for the reader to say.
  void set(const std::string& path, const std::string& value);
  void erase(const std::string& key);  // of the top level; nothing happens when it is not there

 private:
  std::string name_;
  Json json_;
  Marks marks_;
};

// 'text' with control characters escaped and long texts cut: safe in a one-line message.
[[nodiscard]] std::string in_quotes(std::string_view text);
// "a" + "b" is "a.b", "" + "b" is "b", "a" + "b.c" is a["b.c"].
[[nodiscard]] std::string join_path(const std::string& path, std::string_view key);
[[nodiscard]] std::string join_path(const std::string& path, std::size_t index);
// The offset of the first byte that is not UTF-8, or npos.
[[nodiscard]] std::size_t first_bad_utf8(std::string_view text);

}  // namespace lockstep::sim
