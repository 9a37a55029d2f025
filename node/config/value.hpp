// Value: something an operator wrote, with the place where it stands.
//
// A file's values have JSON's kinds. Variables and flags are words, and a key takes a word for
// whatever it expects.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::node {

struct Value {
  enum class Kind { word, null, boolean, number, text, list, object };
  Kind kind = Kind::word;
  std::string text;   // as written; a text without its quotes; nothing for lists and objects
  std::string path;   // "raft.heartbeat", "members[0].peer"
  std::string place;  // "lockstepd.json:12:3", "LOCKSTEP_DATA", "--data"
  std::string name;   // in the object around it
  std::vector<Value> children;
};

// Everything that is wrong, a line each: place, path, what it is and what to do.
class Errors {
 public:
  void add(const Value& at, std::string_view message) { add(at.place, at.path, message); }
  // Without a place or a path where it is empty.
  void add(std::string_view place, std::string_view path, std::string_view message);
  [[nodiscard]] std::size_t count() const { return lines_.size(); }
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::string> lines_;
};

// "text" for a message of one line: control characters escaped, cut where it is long.
[[nodiscard]] std::string in_quotes(std::string_view text);
[[nodiscard]] std::string one_line(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

// "did you mean X?", or, where none is near, "known: X, Y, Z".
[[nodiscard]] std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace lockstep::node
