#include "sim/fuzz/fingerprint.hpp"

#include <cctype>

namespace lockstep::sim {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string_view name_of(RunEnd::Kind kind) {
  switch (kind) {
    case RunEnd::Kind::passed: return "pass";
    case RunEnd::Kind::violated: return "violated";
    case RunEnd::Kind::undecided: return "undecided";
    case RunEnd::Kind::differs: return "not deterministic";
    case RunEnd::Kind::failed: return "error";
    case RunEnd::Kind::died: return "died";
    case RunEnd::Kind::hung: return "hung";
  }
  return "?";
}

// A failed check says "file:line: claim on event": the event is chance, the line is not.
std::string shape_of(std::string_view text) {
  const std::size_t on = text.find(" on ");
  const bool check = text.find(".cpp:") < on || text.find(".hpp:") < on;
  if (check) return std::string(text.substr(text.rfind('/', on) + 1, on - text.rfind('/', on) - 1));
  std::string shape;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      const std::size_t end = text.find('"', i + 1);
      if (end == std::string_view::npos) break;
      i = end;
      shape += '#';
    } else if (is_digit(text[i])) {
      while (i + 1 < text.size() && (is_digit(text[i + 1]) || text[i + 1] == '.')) ++i;
      // n3 and c1 are names.
      const std::size_t size = shape.size();
      const bool name = size > 0 && (shape.back() == 'n' || shape.back() == 'c') &&
                        (size == 1 || !is_letter(shape[size - 2]));
      if (name) shape.pop_back();
      shape += '#';
    } else {
      shape += text[i];
    }
  }
  return shape;
}

RunEnd end_of(const Outcome& outcome) {
  if (outcome.verdict == RunVerdict::pass) return {};
  RunEnd end;
  end.kind =
      outcome.verdict == RunVerdict::undecided ? RunEnd::Kind::undecided : RunEnd::Kind::violated;
  if (outcome.violations.empty()) {
    end.rule = "claim";
    end.text = outcome.reasons.empty() ? "" : outcome.reasons.front();
  } else {
    end.rule = outcome.violations.front().rule;
    end.text = outcome.violations.front().text;
  }
  const bool one_shape = end.rule == "linearizability" || end.rule == "recovery";
  end.fingerprint = one_shape ? end.rule : end.rule + ": " + shape_of(end.text);
  return end;
}

RunEnd failed_end(std::string text) {
  const std::string shape = shape_of(text);
  return {RunEnd::Kind::failed, "error", std::move(text), "error: " + shape};
}

RunEnd died_end(int signal) {
  const std::string rule = "signal " + std::to_string(signal);
  return {RunEnd::Kind::died, rule, "its process was ended by " + rule, rule};
}

RunEnd hung_end() {
  return {RunEnd::Kind::hung, "hang", "it did not end within the patience given", "hang"};
}

}  // namespace lockstep::sim
