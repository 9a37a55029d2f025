#include "sim/report/report.hpp"

#include <string_view>

#include "sim/report/data.hpp"
#include "sim/report/html_text.hpp"
#include "sim/report/page.hpp"

namespace lockstep::sim {

namespace {

// What stands for one of the template's marks, {{title}}, {{style}}, {{data}} and {{script}}.
std::string filled(std::string_view mark, const ReportInput& input) {
  if (mark == "title") {
    const auto title = input.summary.find("title");
    const bool named =
        input.summary.is_object() && title != input.summary.end() && title->is_string();
    return escaped_html(named ? title->get<std::string>() : "A run");
  }
  if (mark == "style") return std::string(page::style());
  if (mark == "data") return page_data(input);
  std::string script;
  for (const std::string_view part : page::scripts()) script += part;
  return script;
}

}  // namespace

std::string render_report(const ReportInput& input) {
  static const std::vector<TraceLine> no_lines;
  static const std::vector<HistoryOperation> no_history;
  ReportInput whole = input;
  if (whole.lines == nullptr) whole.lines = &no_lines;
  if (whole.history == nullptr) whole.history = &no_history;

  std::string_view rest = page::document();
  std::string page;
  for (std::size_t at = rest.find("{{"); at != std::string_view::npos; at = rest.find("{{")) {
    const std::size_t end = rest.find("}}", at);
    page += rest.substr(0, at);
    page += filled(rest.substr(at + 2, end - at - 2), whole);
    rest.remove_prefix(end + 2);
  }
  return page += rest;
}

}  // namespace lockstep::sim
