#include "sim/fuzz/fingerprint.hpp"

#include <cctype>

namespace lockstep::sim {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

// Which operation fits nowhere, and how long nothing happened, is chance.
bool has_one_shape(std::string_view rule) {
  return rule == "linearizability" || rule == "recovery";
}

RunEnd violated_end(std::string rule, std::string text) {
  std::string fingerprint = has_one_shape(rule) ? rule : rule + ": " + shape_of(text);
  return {RunEnd::Kind::violated, std::move(rule), std::move(text), std::move(fingerprint)};
}

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
  if (!outcome.violations.empty() && outcome.verdict == RunVerdict::violated)
    return violated_end(outcome.violations.front().rule, outcome.violations.front().text);
  RunEnd end = violated_end("claim", outcome.reasons.empty() ? "" : outcome.reasons.front());
  if (outcome.verdict == RunVerdict::undecided) end.kind = RunEnd::Kind::undecided;
  return end;
}

std::vector<RunEnd> ends_of(const Outcome& outcome) {
  std::vector<RunEnd> ends;
  for (const Violation& violation : outcome.violations)
    ends.push_back(violated_end(violation.rule, violation.text));
  if (ends.empty() && outcome.verdict != RunVerdict::pass) ends.push_back(end_of(outcome));
  return ends;
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
