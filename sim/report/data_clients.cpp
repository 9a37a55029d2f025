#include "sim/report/clients.hpp"
#include "sim/report/data_parts.hpp"
#include "sim/trace/story.hpp"

namespace lockstep::sim {

namespace {

std::string written(const HistoryOperation& operation) {
  if (operation.verb == "cas")
    return operation.expected.value_or("(absent)") + " \u2192 " + operation.value;
  return operation.value;
}
std::string answered(const HistoryOperation& operation) {
  if (operation.outcome != HistoryOperation::Outcome::ok) return operation.reason;
  if (operation.verb == "cas") return operation.swapped ? "swapped" : "not swapped";
  if (operation.verb == "get" || operation.verb == "post")
    return operation.found.value_or("(absent)");
  return "done";
}

void write_operations(Members& page, StringTable& strings, const Rows& rows,
                      const ReportInput& input) {
  const auto& history = *input.history;
  const ChosenOperations chosen = choose_operations(history, input.max_operations);
  Column id, client, verb, key, value, invoked, took, outcome, answer;
  for (const std::size_t place : chosen.places) {
    const HistoryOperation& operation = history[place];
    const bool known = operation.outcome != HistoryOperation::Outcome::unknown;
    id.push_back(static_cast<std::int64_t>(operation.id));
    client.push_back(rows.row(operation.client));
    verb.push_back(strings.at(operation.verb));
    key.push_back(strings.at(operation.key));
    value.push_back(strings.at(written(operation)));
    invoked.push_back(operation.invoked.ns());
    took.push_back(known ? (operation.returned - operation.invoked).ns() : absent);
    outcome.push_back(static_cast<std::int64_t>(operation.outcome));
    answer.push_back(strings.at(answered(operation)));
  }
  Members columns(page.raw("operations"));
  columns.number("total", static_cast<std::int64_t>(history.size()));
  columns.number("every", static_cast<std::int64_t>(chosen.every));
  columns.column("id", id);
  columns.column("client", client);
  columns.column("verb", verb);
  columns.column("key", key);
  columns.column("value", value);
  columns.column("invoked", deltas(invoked));
  columns.column("took", took);
  columns.column("outcome", outcome);
  columns.column("answer", answer);
  columns.close();
}
void write_windows(Members& page, const ReportInput& input) {
  const ClientWindows found = client_windows(*input.history, input.duration);
  Column ok, failed, unknown, p50, p99, most;
  for (const ClientWindow& window : found.windows) {
    ok.push_back(window.ok);
    failed.push_back(window.failed);
    unknown.push_back(window.unknown);
    p50.push_back(window.p50);
    p99.push_back(window.p99);
    most.push_back(window.most);
  }
  Members columns(page.raw("windows"));
  columns.number("width", found.width.ns());
  columns.column("ok", ok);
  columns.column("failed", failed);
  columns.column("unknown", unknown);
  columns.column("p50", p50);
  columns.column("p99", p99);
  columns.column("most", most);
  columns.close();
}

void write_totals(Members& page, const ReportInput& input) {
  const ClientWindow all = client_totals(*input.history);
  const LongestWait wait = longest_wait(*input.history, Instant() + input.duration);
  Members totals(page.raw("totals"));
  totals.number("ok", all.ok);
  totals.number("failed", all.failed);
  totals.number("unknown", all.unknown);
  totals.number("p50", all.p50);
  totals.number("p99", all.p99);
  totals.number("wait", wait.length.ns());
  totals.number("waitFrom", wait.from.ns());
  totals.close();
}

}  // namespace

void write_clients(Members& page, StringTable& strings, const Rows& rows,
                   const ReportInput& input) {
  write_operations(page, strings, rows, input);
  write_windows(page, input);
  write_totals(page, input);
}

}  // namespace lockstep::sim
