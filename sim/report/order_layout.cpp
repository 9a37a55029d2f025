#include "sim/report/order_layout.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/text/to_text.hpp"
#include "sim/check/operations.hpp"

namespace lockstep::sim {

namespace {

using Bar = OrderLayout::Bar;
using Kind = OrderLayout::Kind;
using Outcome = HistoryOperation::Outcome;
using Place = std::tuple<Instant, std::uint64_t, int, std::uint32_t>;

constexpr double column_step = 13, letter = 6.6, margin = 10;
constexpr std::size_t longest_text = 18;

Place invocation(const std::vector<HistoryOperation>& history, std::uint32_t i) {
  return {history[i].invoked, history[i].invoked_order, 0, i};
}
Place return_of(const std::vector<HistoryOperation>& history, std::uint32_t i) {
  return {history[i].returned, history[i].returned_order, 1, i};
}

std::string shortened(const std::optional<std::string>& text) {
  if (!text) return "–";
  if (text->empty()) return "\"\"";
  if (text->size() <= longest_text) return *text;
  return "…" + text->substr(text->size() - longest_text);
}

// Characters, not bytes.
double width_of(const std::string& text) {
  const auto letters = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  });
  return static_cast<double>(letters) * letter;
}

Kind kind_of(const std::vector<HistoryOperation>& history, const Judgement& judgement,
             std::uint32_t i) {
  if (history[i].outcome == Outcome::unknown) return Kind::open;
  if (judgement.verdict == Verdict::linearizable) return Kind::placed;
  if (!judgement.stuck) return Kind::later;
  if (i == *judgement.stuck) return Kind::stuck;
  return return_of(history, i) < return_of(history, *judgement.stuck) ? Kind::placed : Kind::later;
}

// Operations of the key by invocation, as many as are drawn.
std::vector<std::uint32_t> chosen(const std::vector<HistoryOperation>& history,
                                  const Judgement& judgement, std::uint64_t& left_out) {
  std::vector<std::uint32_t> before, after;
  for (std::uint32_t i = 0; i < history.size(); ++i) {
    if (says_nothing(history[i])) continue;
    if (!judgement.key.empty() && history[i].key != judgement.key) continue;
    const Kind kind = kind_of(history, judgement, i);
    (kind == Kind::placed ? before : after).push_back(i);
  }
  const auto by_return = [&](std::uint32_t a, std::uint32_t b) {
    const bool a_open = history[a].outcome == Outcome::unknown;
    const bool b_open = history[b].outcome == Outcome::unknown;
    return std::tuple(a_open, a_open ? invocation(history, a) : return_of(history, a)) <
           std::tuple(b_open, b_open ? invocation(history, b) : return_of(history, b));
  };
  std::sort(before.begin(), before.end(), by_return);
  std::sort(after.begin(), after.end(), by_return);
  if (judgement.verdict != Verdict::linearizable && before.size() > bars_before) {
    left_out += before.size() - bars_before;
    before.erase(before.begin(), before.end() - bars_before);
  }
  if (before.size() > bars_before) {
    left_out += before.size() - bars_before;
    before.resize(bars_before);
  }
  if (after.size() > bars_after) {
    left_out += after.size() - bars_after;
    after.resize(bars_after);
  }
  before.insert(before.end(), after.begin(), after.end());
  std::sort(before.begin(), before.end(), [&](std::uint32_t a, std::uint32_t b) {
    return invocation(history, a) < invocation(history, b);
  });
  return before;
}

// Puts the columns far enough apart for every label, and bars between theirs.
void place_bars(OrderLayout& layout, const std::vector<HistoryOperation>& history) {
  struct Column {
    Place place;
    std::size_t bar;
    bool returns;
  };
  std::vector<Column> columns;
  for (std::size_t b = 0; b < layout.bars.size(); ++b) {
    const std::uint32_t i = layout.bars[b].operation;
    columns.push_back({invocation(history, i), b, false});
    if (layout.bars[b].kind != Kind::open) columns.push_back({return_of(history, i), b, true});
  }
  std::sort(columns.begin(), columns.end(),
            [](const Column& a, const Column& b) { return a.place < b.place; });
  double x = margin;
  for (const Column& column : columns) {
    Bar& bar = layout.bars[column.bar];
    if (column.returns)
      bar.to = x = std::max(x, bar.from + width_of(bar.label) + 12);
    else
      bar.from = x;
    x += column_step;
  }
  for (Bar& bar : layout.bars)
    if (bar.kind == Kind::open) x = std::max(x, bar.from + width_of(bar.label) + 12);
  layout.width = x + margin;
  for (Bar& bar : layout.bars)
    if (bar.kind == Kind::open) bar.to = layout.width - margin;
}

// The order passes each operation at the earliest place that is after all before it.
void place_turns(OrderLayout& layout, const std::vector<std::uint32_t>& order) {
  std::map<std::uint32_t, Bar*> bar_of;
  for (Bar& bar : layout.bars) bar_of[bar.operation] = &bar;
  double x = 0;
  std::vector<Bar*> here;  // pass at the same column
  const auto spread = [&] {
    for (std::size_t i = 0; i < here.size(); ++i)
      here[i]->turn_at =
          x + column_step * static_cast<double>(i + 1) / static_cast<double>(here.size() + 1);
    here.clear();
  };
  for (std::size_t turn = 0; turn < order.size(); ++turn) {
    const auto at = bar_of.find(order[turn]);
    if (at == bar_of.end()) continue;
    at->second->turn = turn + 1;
    if (at->second->from > x) {
      spread();
      x = at->second->from;
    }
    here.push_back(at->second);
  }
  spread();
}

}  // namespace

std::string short_label(const HistoryOperation& operation) {
  const std::string& verb = operation.verb;
  const bool known = operation.outcome == Outcome::ok;
  std::string text = verb;
  for (const HistoryOperation::Part& part : operation.parts)
    text += (text == verb ? " " : ", ") + part.key + (part.writes ? "=" : "→") +
            (part.writes || known ? shortened(part.value) : "?");
  if (verb == "put" || verb == "append") text += " " + shortened(operation.value);
  if (verb == "get") text += " → " + (known ? shortened(operation.found) : "?");
  if (verb == "cas") {
    text += " " + shortened(operation.expected) + "→" + shortened(operation.value);
    if (known && !operation.swapped) text += " no";
  }
  return text;
}

OrderLayout lay_out(const std::vector<HistoryOperation>& history, const Judgement& judgement) {
  OrderLayout layout;
  std::map<NodeId, std::uint32_t> row_of;
  for (const std::uint32_t i : chosen(history, judgement, layout.left_out)) {
    row_of.try_emplace(history[i].client);
    layout.bars.push_back(
        {i, kind_of(history, judgement, i), 0, 0, 0, short_label(history[i]), 0, 0});
  }
  for (auto& [client, row] : row_of) {
    row = static_cast<std::uint32_t>(layout.rows.size());
    layout.rows.push_back(client == nobody ? "start" : display_name(client));
  }
  for (Bar& bar : layout.bars) bar.row = row_of[history[bar.operation].client];
  place_bars(layout, history);
  place_turns(layout, judgement.order);
  return layout;
}

}  // namespace lockstep::sim
