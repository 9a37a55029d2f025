#include "sim/report/overview.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "sim/report/html_text.hpp"
#include "sim/report/page.hpp"
#include "sim/report/put.hpp"

namespace lockstep::sim {

namespace {

constexpr std::string_view overview_style = R"(
.overview table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 6px 0; }
.overview th, .overview td { text-align: left; padding: 2px 12px 2px 0; }
.overview th, .overview td { border-bottom: 1px solid var(--line); }
.overview td.number, .overview th.number { text-align: right; }
.overview .wide { overflow-x: auto; }
.overview pre { overflow: auto; background: var(--panel); padding: 8px 12px; max-height: 60vh; }
.overview figure { margin: 10px 0; }
.overview img { max-width: 100%; background: #fff; }
.overview iframe { width: 100%; height: 780px; border: 1px solid var(--line); }
@page { size: A4; margin: 16mm 14mm; @bottom-right { content: counter(page); font-size: 8pt; } }
@media print {
  .overview pre { max-height: none; white-space: pre-wrap; font-size: 7pt; }
  .overview pre { overflow-wrap: anywhere; }
  .overview table { font-size: 7pt; max-width: 100%; }
  .overview th, .overview td { padding-right: 5px; overflow-wrap: anywhere; }
  .overview figure, .overview tr { break-inside: avoid; }
}
)";

// As a data URL that an image may have; an image runs no script and loads nothing.
std::string image_of(std::string_view svg) {
  std::string url = "data:image/svg+xml,";
  for (const char c : svg) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view(" -_.,:;/=()!*'").find(c) != std::string_view::npos;
    if (plain && c != '\'')
      url += c;
    else
      url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return url;
}

void put_table(PageText& out, const Overview::Table& table) {
  if (table.rows.size() < 2) return;
  if (!table.caption.empty()) put(out, "<h3>{}</h3>\n", escaped_html(table.caption));
  put(out, "<div class=\"wide\"><table>\n");
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    put(out, "<tr>");
    for (std::size_t c = 0; c < table.rows[r].size(); ++c) {
      const bool right = looks_like_number(table.rows[r == 0 ? 1 : r][c]);
      put(out, "<{0}{1}>{2}</{0}>", r == 0 ? "th" : "td", right ? " class=\"number\"" : "",
          escaped_html(table.rows[r][c]));
    }
    put(out, "</tr>\n");
  }
  put(out, "</table></div>\n");
  if (!table.note.empty()) put(out, "<p class=\"note\">{}</p>\n", escaped_html(table.note));
}

void put_head(PageText& out, const Overview& overview) {
  put(out,
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n");
  put(out, "<title>{} – Lockstep</title>\n<style>{}{}</style>\n</head>\n",
      escaped_html(overview.title), page::style(), overview_style);
  put(out, "<body class=\"overview\">\n<header><div class=\"headline\">");
  put(out, "<span class=\"verdict {0}\">{0}</span><h1>{1}</h1></div></header>\n<main>\n",
      escaped_html(overview.verdict), escaped_html(overview.title));
}

void put_questions(PageText& out, const Overview& overview) {
  put(out, "<section id=\"question\"><h2>Question</h2>\n");
  for (const auto& question : overview.questions) {
    put(out, "<p><b>{}</b> {}</p>\n", escaped_html(question.title), escaped_html(question.why));
    if (!question.source.empty())
      put(out, "<p class=\"note\">Source: {}</p>\n", escaped_html(question.source));
  }
  put(out, "</section>\n<section id=\"set-up\"><h2>Set-up</h2>\n");
  for (const auto& question : overview.questions)
    put(out, "<details><summary>{} ({})</summary><pre>{}</pre></details>\n",
        escaped_html(question.title), escaped_html(question.protocol),
        escaped_html(question.set_up));
  put(out, "</section>\n");
}

void put_broken(PageText& out, const Overview& overview) {
  if (overview.broken.empty()) return;
  put(out, "<section id=\"violations\"><h2>What broke</h2>\n");
  for (const auto& broken : overview.broken) {
    put(out, "<h3>{}</h3>\n", escaped_html(broken.result));
    put(out, "<ul>");
    for (const auto& text : broken.texts) put(out, "<li>{}</li>", escaped_html(text));
    put(out, "</ul>\n");
    if (broken.page.empty())
      put(out, "<p class=\"note\">Its diagram is in report.html in that folder.</p>\n");
    else
      put(out,
          "<details><summary>Who did what when</summary><iframe loading=\"lazy\" "
          "title=\"Space-time diagram\" srcdoc=\"{}\"></iframe></details>\n",
          escaped_html(broken.page));
  }
  put(out, "</section>\n");
}

}  // namespace

bool looks_like_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.-+e to") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

std::string render_overview(const Overview& overview) {
  PageText out;
  put_head(out, overview);
  put_questions(out, overview);
  put(out, "<section id=\"results\"><h2>Results</h2>\n");
  put_table(out, overview.results);
  for (const auto& table : overview.tables) put_table(out, table);
  put(out, "</section>\n");
  if (!overview.figures.empty()) {
    put(out, "<section id=\"figures\"><h2>Figures</h2>\n");
    for (const auto& [name, svg] : overview.figures)
      put(out, "<figure><img alt=\"{0}\" src=\"{1}\"><figcaption>{0}</figcaption></figure>\n",
          escaped_html(name), image_of(svg));
    put(out, "</section>\n");
  }
  put_broken(out, overview);
  put(out, "<section id=\"environment\"><h2>Environment</h2>\n");
  put_table(out, overview.environment);
  put(out, "</section>\n<section id=\"repeat\"><h2>How to repeat</h2>\n");
  put_table(out, overview.commands);
  put(out, "</section>\n</main>\n</body>\n</html>\n");
  return fmt::to_string(out);
}

}  // namespace lockstep::sim
