#include "sim/check/edn.hpp"

#include "sim/check/history.hpp"

namespace lockstep::sim {

namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::vector<Edn> everything() {
    std::vector<Edn> values;
    for (skip(); !at_end(); skip()) values.push_back(value(0));
    return values;
  }

 private:
  static constexpr std::string_view blanks = " \t\r\n,";
  static constexpr std::string_view ends = " \t\r\n,;()[]{}\"";

  [[noreturn]] void refuse(const std::string& what) const {
    throw HistoryRefused("line " + std::to_string(line_) + ": " + what);
  }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  char take() {
    if (text_[at_] == '\n') ++line_;
    return text_[at_++];
  }
  void skip() {
    while (!at_end()) {
      if (text_[at_] == ';')
        while (!at_end() && text_[at_] != '\n') ++at_;
      else if (blanks.find(text_[at_]) != std::string_view::npos)
        take();
      else
        return;
    }
  }

  Edn value(int depth) {
    if (depth > 64) refuse("nested more than 64 deep");
    Edn out;
    out.line = line_;
    const char c = text_[at_];
    if (c == '[' || c == '{') {
      take();
      out.kind = c == '[' ? Edn::Kind::vector : Edn::Kind::map;
      items(out, c == '[' ? ']' : '}', depth);
      if (out.kind == Edn::Kind::map && out.items.size() % 2 != 0)
        refuse("a map has a key without a value");
    } else if (c == '"') {
      out.kind = Edn::Kind::text;
      out.text = quoted();
    } else {
      while (!at_end() && ends.find(text_[at_]) == std::string_view::npos) out.text += take();
      if (out.text.empty()) refuse(std::string("unexpected '") + c + "'");
    }
    return out;
  }

  void items(Edn& out, char end, int depth) {
    for (skip(); !at_end(); skip()) {
      if (text_[at_] == end) {
        take();
        return;
      }
      out.items.push_back(value(depth + 1));
    }
    refuse(std::string("the text ends before '") + end + "'");
  }

  std::string quoted() {
    std::string out;
    take();
    while (!at_end()) {
      char c = take();
      if (c == '"') return out;
      if (c == '\\' && !at_end()) {
        c = take();
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
      }
      out += c;
    }
    refuse("the text ends inside a string");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

const Edn* Edn::find(std::string_view key) const {
  if (kind != Kind::map) return nullptr;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2)
    if (items[i].is(key)) return &items[i + 1];
  return nullptr;
}

std::vector<Edn> parse_edn(std::string_view text) { return Parser(text).everything(); }

}  // namespace lockstep::sim
