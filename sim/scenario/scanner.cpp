#include "sim/scenario/scanner.hpp"

#include <charconv>
#include <set>

#include "sim/scenario/units.hpp"

namespace lockstep::sim {
namespace {

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

class Scanner {
 public:
  Scanner(const std::string& file, std::string& text) : file_(file), text_(text), out_(text) {}

  Marks document() {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    skip_space();
    if (done()) fail("the file is empty; a scenario is one JSON object { … }");
    if (peek() != '{') fail("a scenario is one JSON object; start it with '{'");
    Marks root;
    root.key = here();
    value(root, 1);
    skip_space();
    if (!done()) fail("there is more after the end of the scenario; remove it");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { fail_at(here(), message); }
  [[noreturn]] void fail_at(Position position, const std::string& message) const {
    throw ScenarioError(file_, position, path_, message);
  }
  // "'x'" or "the end of the file", for a message.
  [[nodiscard]] std::string found() const {
    return done() ? "the end of the file" : in_quotes(text_.substr(at_, 1));
  }

  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  [[nodiscard]] bool starts(std::string_view word) const {
    return text_.substr(at_, word.size()) == word;
  }
  [[nodiscard]] Position here() const { return Position{line_, column_}; }

  void advance() {
    const char c = text_[at_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column_;
    }
  }
  // Passes over a byte of a comment; lines and columns stay.
  void blank() {
    const std::size_t at = at_;
    advance();
    if (out_[at] != '\n') out_[at] = ' ';
  }
  void advance(std::size_t count) {
    while (count-- > 0) advance();
  }

  void skip_space() {
    for (;;) {
      while (!done() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r'))
        advance();
      if (starts("//")) {
        while (!done() && peek() != '\n') blank();
      } else if (starts("/*")) {
        skip_block_comment();
      } else {
        return;
      }
    }
  }

  void skip_block_comment() {
    const Position start = here();
    blank();
    blank();
    while (!starts("*/")) {
      if (done()) fail_at(start, "the comment is not closed; end it with */");
      blank();
    }
    blank();
    blank();
  }

  void value(Marks& marks, std::size_t depth) {
    marks.value = here();
    if (++values_ > max_values)
      fail("more than " + std::to_string(max_values) + " values; split the scenario");
    switch (peek()) {
      case '{':
      case '[':
        if (depth > max_depth)
          fail("nested deeper than " + std::to_string(max_depth) + " levels; flatten it");
        return peek() == '{' ? object(marks, depth) : array(marks, depth);
      case '"': (void)string(); return;
      default: break;
    }
    if (peek() == '-' || is_digit(peek())) return number();
    word();
  }

  void word() {
    for (const std::string_view known : {"true", "false", "null"}) {
      if (starts(known) &&
          !is_word(at_ + known.size() < text_.size() ? text_[at_ + known.size()] : ' '))
        return advance(known.size());
    }
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    if (end == at_) fail("expected a value, found " + found());
    fail(in_quotes(text_.substr(at_, end - at_)) +
         " is not a JSON value; put text in double quotes");
  }

  void object(Marks& marks, std::size_t depth) {
    advance();
    std::set<std::string, std::less<>> seen;
    skip_space();
    if (peek() == '}') return advance();
    for (;;) {
      const Position key_at = here();
      if (peek() != '"') {
        fail(peek() == '}' ? "a comma before '}' is one too many; remove it"
                           : "expected a key in double quotes, found " + found());
      }
      const std::string key = decoded(string());
      if (!seen.insert(key).second)
        fail_at(key_at, "the key " + in_quotes(key) + " is there twice; keep one");
      if (seen.size() > max_keys)
        fail_at(key_at, "more than " + std::to_string(max_keys) + " keys in one object; split it");
      skip_space();
      if (peek() != ':')
        fail("expected ':' after the key " + in_quotes(key) + ", found " + found());
      advance();
      skip_space();
      const std::size_t length = path_.size();
      path_ = join_path(path_, key);
      Marks& child = marks.children.emplace_back();
      child.key = key_at;
      value(child, depth + 1);
      path_.resize(length);
      skip_space();
      if (peek() == '}') return advance();
      if (peek() != ',') fail("expected ',' or '}', found " + found());
      advance();
      skip_space();
    }
  }

  void array(Marks& marks, std::size_t depth) {
    advance();
    skip_space();
    if (peek() == ']') return advance();
    for (;;) {
      if (peek() == ']') fail("a comma before ']' is one too many; remove it");
      const std::size_t length = path_.size();
      path_ = join_path(path_, marks.children.size());
      Marks& child = marks.children.emplace_back();
      child.key = here();
      value(child, depth + 1);
      path_.resize(length);
      skip_space();
      if (peek() == ']') return advance();
      if (peek() != ',') fail("expected ',' or ']', found " + found());
      advance();
      skip_space();
    }
  }

  // Returns the token with its quotes.
  std::string_view string() {
    const Position start = here();
    const std::size_t from = at_;
    advance();
    while (peek() != '"') {
      if (done() || peek() == '\n') fail_at(start, "the text is not closed; end it with \"");
      if (static_cast<unsigned char>(peek()) < 0x20)
        fail("a control character in a text; write it as \\u00XX");
      if (peek() == '\\') {
        escape();
      } else {
        advance();
      }
    }
    advance();
    return text_.substr(from, at_ - from);
  }

  [[nodiscard]] unsigned hex4() {
    unsigned unit = 0;
    for (int i = 0; i < 4; ++i, advance()) {
      if (!is_hex(peek())) fail("\\u needs four hexadecimal digits, found " + found());
      unsigned digit = 0;
      std::from_chars(text_.data() + at_, text_.data() + at_ + 1, digit, 16);
      unit = unit * 16 + digit;
    }
    return unit;
  }

  void escape() {
    const Position start = here();
    advance();
    if (peek() != 'u') {
      if (done() || std::string_view("\"\\/bfnrt").find(peek()) == std::string_view::npos)
        fail_at(start, "'\\' must be followed by one of \" \\ / b f n r t u");
      return advance();
    }
    advance();
    const unsigned unit = hex4();
    if (unit < 0xD800 || unit > 0xDFFF) return;
    if (unit < 0xDC00 && starts("\\u")) {
      advance(2);
      const unsigned low = hex4();
      if (low >= 0xDC00 && low <= 0xDFFF) return;
    }
    fail_at(start, "half a surrogate pair; write the character itself");
  }

  static std::string decoded(std::string_view token) {
    if (token.find('\\') == std::string_view::npos)
      return std::string(token.substr(1, token.size() - 2));
    return nlohmann::json::parse(token).get<std::string>();
  }

  void digits() {
    if (!is_digit(peek())) fail("expected a digit, found " + found());
    while (is_digit(peek())) advance();
  }

  void number() {
    const Position start = here();
    const std::size_t from = at_;
    if (peek() == '-') advance();
    if (peek() == '0') {
      advance();
      if (is_digit(peek())) fail_at(start, "a number does not start with 0; remove the zero");
    } else {
      digits();
    }
    if (peek() == '.') {
      advance();
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      advance();
      if (peek() == '+' || peek() == '-') advance();
      digits();
    }
    if (is_word(peek())) fail_at(start, "a number with a unit is a text; put it in double quotes");
    double ignored = 0;
    const auto result = std::from_chars(text_.data() + from, text_.data() + at_, ignored);
    if (result.ec != std::errc()) fail_at(start, "the number is too large or too small");
  }

  const std::string& file_;
  std::string_view text_;
  std::string& out_;  // what text_ shows
  std::size_t at_ = 0;
  std::uint32_t line_ = 1, column_ = 1;
  std::size_t values_ = 0;
  std::string path_;
};

}  // namespace

Marks scan(const std::string& file, std::string& text) { return Scanner(file, text).document(); }

}  // namespace lockstep::sim
