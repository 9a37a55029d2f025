#include "node/config/json_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace lockstep::node {
namespace {

using nlohmann::json;

// Walks over the text a token at a time. It trusts the text up to the token that the parser has
// just reported, and finds that one's beginning, which the parser does not tell.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
  }

  // To the next token: over space, comments and at most one ',' or ':'.
  void find() {
    bool separated = false;
    for (;;) {
      const char c = peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        advance(1);
      } else if ((c == ',' || c == ':') && !separated && started_) {
        comma_ = c == ',';
        separated = true;
        advance(1);
      } else if (const std::size_t length = comment_length(); length > 0) {
        advance(length);
      } else {
        return;
      }
    }
  }

  // Over the token that find() found.
  void pass() {
    started_ = true;
    comma_ = false;
    advance(token_length());
  }

  [[nodiscard]] std::string_view token() const { return text_.substr(at_, token_length()); }
  [[nodiscard]] std::string position() const { return fmt::format("{}:{}", line_, column_); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] bool after_comma() const { return comma_; }

 private:
  // 0 where none begins, or where it does not end.
  [[nodiscard]] std::size_t comment_length() const {
    const std::string_view rest = text_.substr(std::min(at_, text_.size()));
    if (rest.substr(0, 2) == "//") return std::min(rest.find_first_of("\r\n"), rest.size());
    if (rest.substr(0, 2) != "/*") return 0;
    const std::size_t end = rest.find("*/", 2);
    return end == std::string_view::npos ? 0 : end + 2;
  }

  [[nodiscard]] std::size_t token_length() const {
    const std::string_view rest = text_.substr(std::min(at_, text_.size()));
    if (rest.empty()) return 0;
    if (rest.front() == '"') {
      std::size_t end = 1;
      while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2u : 1u;
      return std::min(end + 1, rest.size());
    }
    if (std::string_view("{}[]").find(rest.front()) != std::string_view::npos) return 1;
    return std::min(rest.find_first_of(" \t\r\n,:{}[]/\""), rest.size());
  }

  void advance(std::size_t count) {
    for (const char c : text_.substr(at_, count)) {
      if (c == '\n') {
        ++line_;
        column_ = 1;
      } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
        ++column_;  // characters, not bytes
      }
    }
    at_ += count;
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 1, column_ = 1;
  bool started_ = false;
  bool comma_ = false;  // between the last token and the one that was found
};

// What nlohmann's parser reports, as a tree of values. Its functions say whether to go on.
class Builder {
 public:
  Builder(std::string file, std::string_view text, Errors& errors)
      : file_(std::move(file)), tokens_(text), errors_(errors) {}

  bool null() { return scalar(Value::Kind::null); }
  bool boolean(bool) { return scalar(Value::Kind::boolean); }
  bool number_integer(json::number_integer_t) { return scalar(Value::Kind::number); }
  bool number_unsigned(json::number_unsigned_t) { return scalar(Value::Kind::number); }
  bool number_float(json::number_float_t, const std::string&) {
    return scalar(Value::Kind::number);
  }
  bool string(std::string& text) { return scalar(Value::Kind::text, &text); }
  bool binary(json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Value::Kind::object); }
  bool start_array(std::size_t) { return open(Value::Kind::list); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    tokens_.find();
    name_ = name;
    tokens_.pass();
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const json::exception& error) {
    tokens_.find();
    const char c = tokens_.peek();
    if (tokens_.done()) {
      fail(tokens_.started() ? "the file ends too early; close every {, [ and \""
                             : "the file is empty; a configuration is one JSON object { … }");
    } else if ((c == '}' || c == ']') && tokens_.after_comma()) {
      fail(fmt::format("a comma before '{}' is one too many; remove it", c));
    } else {
      fail("not JSON: " + reason_of(error.what()));
    }
    return false;
  }

  [[nodiscard]] std::optional<Value> result() {
    if (root_.kind == Value::Kind::object) return std::move(root_);
    errors_.add(root_.place, "", "a configuration is one JSON object { … }");
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::string place() const { return file_ + ":" + tokens_.position(); }
  void fail(const std::string& message) { errors_.add(place(), "", message); }

  // The middle of "[…] parse error at line 1, column 2: syntax error while parsing value - invalid
  // literal; last read: 'x'; expected …". What was read stays out: it may be a secret.
  static std::string reason_of(std::string_view what) {
    const std::size_t dash = what.find(" - ");
    if (dash == std::string_view::npos) return "a number is too large; write a smaller one";
    std::string reason(what.substr(dash + 3, what.find("; last read", dash) - dash - 3));
    const std::size_t expected = what.rfind("; expected ");
    if (expected != std::string_view::npos && reason.find("; expected ") == std::string::npos)
      reason += what.substr(expected);
    if (reason.find("expected") == std::string::npos)
      reason += "; write a text in double quotes, a number, true or false";
    return reason;
  }

  bool scalar(Value::Kind kind, std::string* text = nullptr) {
    tokens_.find();
    const std::string written = text != nullptr ? *text : std::string(tokens_.token());
    Value* value = add(kind);
    if (value != nullptr) value->text = written;
    tokens_.pass();
    return value != nullptr;
  }

  bool open(Value::Kind kind) {
    tokens_.find();
    if (open_.size() >= deepest_nesting) {
      fail(fmt::format("nested deeper than {} levels; flatten it", deepest_nesting));
      return false;
    }
    Value* value = add(kind);
    tokens_.pass();
    if (value != nullptr) open_.push_back(value);
    return value != nullptr;
  }

  bool close() {
    tokens_.find();
    tokens_.pass();
    Value* const closed = open_.back();
    open_.pop_back();
    if (closed->kind == Value::Kind::object) refuse_repeated(*closed);
    return true;
  }

  Value* add(Value::Kind kind) {
    if (++values_ > most_values) {
      fail(fmt::format("more than {} values; is this a configuration?", most_values));
      return nullptr;
    }
    Value* value = &root_;
    if (!open_.empty()) {
      // Only the innermost object or list grows, so pointers to those around it stay good.
      Value& around = *open_.back();
      value = &around.children.emplace_back();
      const bool in_list = around.kind == Value::Kind::list;
      value->name = in_list ? fmt::format("[{}]", around.children.size() - 1) : std::move(name_);
      value->path = around.path + (in_list || around.path.empty() ? "" : ".") + value->name;
    }
    value->kind = kind;
    value->place = place();
    return value;
  }

  void refuse_repeated(Value& object) {
    auto& children = object.children;
    std::vector<const Value*> sorted;
    for (const Value& child : children) sorted.push_back(&child);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Value* a, const Value* b) { return a->name < b->name; });
    std::vector<bool> repeated(children.size());
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      repeated[static_cast<std::size_t>(sorted[i] - children.data())] =
          sorted[i]->name == sorted[i - 1]->name;
    }
    std::vector<Value> kept;
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (repeated[i]) {
        errors_.add(children[i], "this key is there twice; keep one");
      } else {
        kept.push_back(std::move(children[i]));
      }
    }
    children = std::move(kept);
  }

  std::string file_;
  Tokens tokens_;
  Errors& errors_;
  Value root_;
  std::vector<Value*> open_;
  std::string name_;
  std::size_t values_ = 0;
};

}  // namespace

std::optional<Value> read_json(const std::string& file, std::string_view text, Errors& errors) {
  if (text.size() > largest_file) {
    errors.add(file, "", "larger than 1 MiB; a configuration is a short text");
    return std::nullopt;
  }
  if (text.find('\0') != std::string_view::npos) {
    errors.add(file, "", "holds a zero byte; is this a text file?");
    return std::nullopt;
  }
  Builder builder(file, text, errors);
  if (!json::sax_parse(text, &builder, json::input_format_t::json, true, true)) return std::nullopt;
  return builder.result();
}

std::optional<Value> read_json_file(const std::string& file, Errors& errors) {
  std::error_code code;
  const auto status = std::filesystem::status(file, code);
  if (status.type() == std::filesystem::file_type::not_found) {
    errors.add(file, "", "there is no such file; check the path");
    return std::nullopt;
  }
  if (std::filesystem::is_directory(status)) {
    errors.add(file, "", "this is a folder; name a file in it");
    return std::nullopt;
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text(largest_file + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !(in || in.eof())) {
    errors.add(file, "",
               fmt::format("cannot be read ({}); check its permissions", std::strerror(errno)));
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return read_json(file, text, errors);
}

}  // namespace lockstep::node
