#include "sim/report/order_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/text/to_text.hpp"
#include "sim/check/operations.hpp"
#include "sim/report/html_text.hpp"
#include "sim/report/order_layout.hpp"
#include "sim/report/page.hpp"

namespace lockstep::sim {

namespace {

using Bar = OrderLayout::Bar;
using Kind = OrderLayout::Kind;
using Buffer = fmt::memory_buffer;

constexpr double row_height = 34, bar_height = 20, top = 22;
constexpr std::size_t listed = 25;

constexpr std::string_view own_style = R"(
.order { display: flex; border: 1px solid var(--line); border-radius: 6px; }
.order > svg { flex: none; }
.order > div { overflow-x: auto; }
.order svg { display: block; font: 11px ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
.order text { fill: var(--fg); }
.order .row { stroke: var(--grid); }
.order rect { fill: var(--panel); stroke: var(--muted); }
.order .placed { stroke: var(--good); }
.order .stuck { stroke: var(--bad); stroke-width: 2.5; }
.order .open { stroke: var(--open); stroke-dasharray: 5 3; }
.order .later { opacity: .55; }
.order .path { fill: none; stroke: var(--focus); stroke-width: 1.2; opacity: .8; }
.order .turn { fill: var(--focus); }
.order .turn-number { fill: var(--focus); font-size: 9px; text-anchor: middle; }
.stuck-row td { color: var(--bad); font-weight: 600; }
)";

constexpr std::string_view own_script =
    "const it = document.getElementById('stuck');\n"
    "if (it) it.scrollIntoView({block: 'nearest', inline: 'center'});\n";

template <class... Args>
void add(Buffer& out, fmt::format_string<Args...> text, Args&&... args) {
  fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::placed: return "placed";
    case Kind::stuck: return "stuck";
    case Kind::open: return "open";
    case Kind::later: return "later";
  }
  return "";
}

std::string moment(Instant at, bool timed) {
  return timed ? to_text(at) : "event " + std::to_string(at.ns());
}

std::string ended(const HistoryOperation& operation, bool timed) {
  return operation.outcome == HistoryOperation::Outcome::unknown
             ? "never"
             : moment(operation.returned, timed);
}

double middle_of(const Bar& bar) { return top + row_height * (bar.row + 0.5); }

void draw_bar(Buffer& out, const HistoryOperation& operation, const Bar& bar, bool timed) {
  const double y = middle_of(bar) - bar_height / 2;
  add(out, "<g{}><title>{}; {} to {}</title>", bar.kind == Kind::stuck ? " id=\"stuck\"" : "",
      escaped_html(named(operation)), moment(operation.invoked, timed), ended(operation, timed));
  add(out, R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" rx="3"/>)",
      name_of(bar.kind), bar.from, y, std::max(bar.to - bar.from, 4.0), bar_height);
  add(out, R"(<text x="{:.1f}" y="{:.1f}">{}</text></g>)", bar.from + 6, y + 14,
      escaped_html(bar.label));
}

double turn_height(const Bar& bar) { return middle_of(bar) - bar_height / 2; }

void draw_path(Buffer& out, const OrderLayout& layout) {
  std::vector<const Bar*> turns;
  for (const Bar& bar : layout.bars)
    if (bar.turn > 0) turns.push_back(&bar);
  std::sort(turns.begin(), turns.end(),
            [](const Bar* a, const Bar* b) { return a->turn < b->turn; });
  add(out, "<polyline class=\"path\" points=\"");
  for (const Bar* bar : turns) add(out, "{:.1f},{:.1f} ", bar->turn_at, turn_height(*bar));
  add(out, "\"/>");
}

void draw_turn(Buffer& out, const Bar& bar) {
  if (bar.turn == 0) return;
  const double y = turn_height(bar);
  add(out, R"(<circle class="turn" cx="{:.1f}" cy="{:.1f}" r="2.6"/>)", bar.turn_at, y);
  add(out, R"(<text class="turn-number" x="{:.1f}" y="{:.1f}">{}</text>)", bar.turn_at, y - 4,
      bar.turn);
}

void draw(Buffer& out, const std::vector<HistoryOperation>& history, const OrderLayout& layout,
          bool timed) {
  const double height = top + row_height * static_cast<double>(layout.rows.size()) + 8;
  add(out, "<div class=\"order\"><svg width=\"76\" height=\"{}\" aria-hidden=\"true\">", height);
  for (std::size_t row = 0; row < layout.rows.size(); ++row)
    add(out, R"(<text x="8" y="{}">{}</text>)",
        top + row_height * (static_cast<double>(row) + 0.5) + 4, escaped_html(layout.rows[row]));
  add(out, "</svg><div><svg width=\"{:.0f}\" height=\"{}\" role=\"img\" ", layout.width, height);
  add(out, "aria-label=\"Operations as bars from invocation to return, and the order found\">");
  for (std::size_t row = 0; row < layout.rows.size(); ++row) {
    const double y = top + row_height * (static_cast<double>(row) + 0.5);
    add(out, R"(<line class="row" x1="0" x2="{:.0f}" y1="{}" y2="{}"/>)", layout.width, y, y);
  }
  draw_path(out, layout);
  for (const Bar& bar : layout.bars) draw_bar(out, history[bar.operation], bar, timed);
  for (const Bar& bar : layout.bars) draw_turn(out, bar);
  add(out, "</svg></div></div>\n");
}

void add_row(Buffer& out, const std::string& turn, const HistoryOperation& operation, bool stuck,
             bool timed) {
  add(out, "<tr{}><td class=\"number\">{}</td><td>#{}</td><td>{}</td>",
      stuck ? " class=\"stuck-row\"" : "", turn, operation.id,
      operation.client == nobody ? "start" : display_name(operation.client));
  add(out, "<td class=\"wide\">{}</td><td>{}</td><td>{}</td></tr>\n",
      escaped_html(in_words(operation)), moment(operation.invoked, timed), ended(operation, timed));
}

void list(Buffer& out, const std::vector<HistoryOperation>& history, const Judgement& judgement,
          bool timed) {
  add(out,
      "<section><h2>The end of the order</h2><div class=\"table\"><table><tr>"
      "<th class=\"number\">turn</th><th>id</th><th>client</th><th>operation</th>"
      "<th>invoked</th><th>returned</th></tr>\n");
  const std::vector<std::uint32_t>& order = judgement.order;
  for (std::size_t i = order.size() - std::min(order.size(), listed); i < order.size(); ++i)
    add_row(out, std::to_string(i + 1), history[order[i]], false, timed);
  if (judgement.stuck) add_row(out, "nowhere", history[*judgement.stuck], true, timed);
  add(out, "</table></div></section>\n");
}

std::string_view class_of(Verdict verdict) {
  return verdict == Verdict::linearizable ? "pass" : sim::name_of(verdict);
}

void add_card(Buffer& out, std::string_view name, const std::string& value) {
  add(out, "<div><dt>{}</dt><dd>{}</dd></div>", name, escaped_html(value));
}

void head(Buffer& out, const OrderPage& page, const Judgement& judgement) {
  add(out,
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n");
  add(out, "<title>{} – Lockstep</title>\n<style>{}{}</style>\n</head>\n<body>\n",
      escaped_html(page.title), page::style(), own_style);
  add(out,
      "<header><div class=\"headline\"><span class=\"verdict {}\">{}</span><h1>{}</h1></div>\n",
      class_of(judgement.verdict), sim::name_of(judgement.verdict), escaped_html(page.title));
  if (judgement.verdict == Verdict::linearizable)
    add(out, "<p id=\"why\">{}</p>\n", escaped_html(judgement.text));
  else
    add(out, "<div id=\"broken\"><div>{}</div></div>\n", escaped_html(judgement.text));
  add(out, "<dl class=\"cards\">");
  add_card(out, "model", std::string(sim::name_of(page.model)));
  add_card(out, "operations", std::to_string(judgement.operations));
  add_card(out, "returned within the longest linearizable prefix",
           std::to_string(judgement.prefix));
  if (judgement.verdict == Verdict::violated) add_card(out, "then", judgement.state);
  add_card(out, "steps of the search", std::to_string(judgement.steps));
  add(out, "</dl></header>\n<main>\n");
}

}  // namespace

std::string render_order(const OrderPage& page, const std::vector<HistoryOperation>& history,
                         const Judgement& judgement) {
  Buffer out;
  head(out, page, judgement);
  const OrderLayout layout = lay_out(history, judgement);
  add(out, "<section><div class=\"title-row\"><h2>What was asked when, and an order</h2>");
  add(out,
      "<p class=\"note\">A bar reaches from invocation to return; columns are events, not "
      "instants. The line passes the operations in an order that explains every answer of the "
      "prefix. Green returned within it, red fits nowhere, dashed never returned.");
  if (layout.left_out > 0) add(out, " {} more operations are not drawn.", layout.left_out);
  add(out, "</p></div>\n");
  draw(out, history, layout, page.timed);
  add(out, "</section>\n");
  list(out, history, judgement, page.timed);
  add(out, "</main>\n<script>{}</script>\n</body>\n</html>\n", own_script);
  return fmt::to_string(out);
}

}  // namespace lockstep::sim
