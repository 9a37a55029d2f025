#include "sim/report/data.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "sim/report/columns.hpp"
#include "sim/report/data_parts.hpp"
#include "sim/report/rows.hpp"
#include "sim/report/select.hpp"
#include "sim/trace/leadership.hpp"

namespace lockstep::sim {

namespace {

struct Message {
  std::uint32_t from = 0;  // row
  std::int64_t to = 0;
  std::int64_t sent = 0;
  std::int64_t arrives = absent;
  std::int64_t sent_step = absent;  // places among the steps the page carries
  std::int64_t got_step = absent;
  bool dropped = false;  // on arrival
  const TracedSend* send = nullptr;
};

class Writer {
 public:
  explicit Writer(const ReportInput& input)
      : input_(input),
        lines_(*input.lines),
        leadership_(read_leadership(lines_)),
        selected_(select_steps(lines_, leadership_, {input.max_steps, input.max_text})) {
    rows_ = {input.nodes, input.clients};
    for (const TraceLine& line : lines_) {
      const auto* step = std::get_if<TracedStep>(&line);
      if (step == nullptr) continue;
      std::uint32_t& most = is_client(step->node) ? rows_.clients : rows_.nodes;
      most = std::max(most, step->node.value() - (is_client(step->node) ? client_base : 0));
    }
  }

  std::string write() {
    Members page(out_);
    write_json(page, "summary", input_.summary);
    write_json(page, "manifest", input_.manifest);
    page.number("nodes", rows_.nodes);
    page.number("clients", rows_.clients);
    page.number("duration", input_.duration.ns());
    page.number("stepsTotal", static_cast<std::int64_t>(input_.steps_total));
    write_spans(page);
    write_steps(page);
    write_messages(page);
    write_bands(page);
    write_broken(page, strings_, rows_, lines_);
    write_leadership(page, strings_, rows_, leadership_);
    write_clients(page, strings_, rows_, input_);
    strings_.append_to(page.raw("strings"));
    page.close();
    return fmt::to_string(out_);
  }

 private:
  std::int64_t text(std::string_view value) { return strings_.at(value); }
  void write_json(Members& page, std::string_view name, const nlohmann::json& value) {
    const std::string dumped = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    fmt::memory_buffer& out = page.raw(name);
    for (const char c : dumped) {
      if (c == '<')
        fmt::format_to(std::back_inserter(out), "\\u003c");
      else
        out.push_back(c);
    }
  }

  void write_spans(Members& page) {
    std::vector<Span> spans = complete_spans(lines_, selected_);
    const auto first = std::find_if(lines_.begin(), lines_.end(), [](const TraceLine& line) {
      return std::holds_alternative<TracedStep>(line);
    });
    const auto last = std::find_if(lines_.rbegin(), lines_.rend(), [](const TraceLine& line) {
      return std::holds_alternative<TracedStep>(line);
    });
    if (first != lines_.end()) {
      const auto place = static_cast<std::size_t>(first - lines_.begin());
      if (selected_[place] && std::get<TracedStep>(*first).number == 1)
        spans.front().from = Instant();
      const auto back = static_cast<std::size_t>(lines_.rend() - last) - 1;
      if (selected_[back] && std::get<TracedStep>(*last).number == input_.steps_total)
        spans.back().to = Instant() + input_.duration;
    }
    std::vector<Column> rows;
    for (const Span& span : spans)
      if (span.from < span.to) rows.push_back({span.from.ns(), span.to.ns()});
    page.columns("spans", rows);
  }

  void write_steps(Members& page) {
    Column number, at, who, event, name, from, what, role, term, commit, state, commits;
    std::vector<Column> effects;
    std::unordered_map<std::uint32_t, std::uint64_t> committed;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto* step = std::get_if<TracedStep>(&lines_[i]);
      if (step == nullptr) continue;
      std::uint64_t& known = committed[step->node.value()];
      const bool commits_more = step->commit > known;
      known = step->commit;
      if (!selected_[i]) continue;
      if (commits_more) commits.push_back(static_cast<std::int64_t>(number.size()));
      number.push_back(static_cast<std::int64_t>(step->number));
      at.push_back(step->at.ns());
      who.push_back(rows_.row(step->node));
      event.push_back(text(step->event));
      name.push_back(text(step->name));
      from.push_back(rows_.row(step->from));
      what.push_back(text(step->text));
      Column& list = effects.emplace_back();
      for (const std::string& effect : step->effects) list.push_back(text(effect));
      role.push_back(text(step->role));
      term.push_back(static_cast<std::int64_t>(step->term));
      commit.push_back(static_cast<std::int64_t>(step->commit));
      state.push_back(text(step->state));
    }
    Members steps(page.raw("steps"));
    steps.column("number", deltas(number));
    steps.column("at", deltas(at));
    steps.column("who", who);
    steps.column("event", event);
    steps.column("name", name);
    steps.column("from", from);
    steps.column("text", what);
    steps.columns("effects", effects);
    steps.column("role", role);
    steps.column("term", term);
    steps.column("commit", commit);
    steps.column("state", state);
    steps.column("commits", commits);
    steps.close();
  }

  // Those that a step of the page sent or received.
  std::vector<Message> messages() const {
    std::vector<Message> all;
    std::unordered_map<std::uint64_t, std::size_t> places;
    std::int64_t place = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (const auto* drop = std::get_if<TracedDrop>(&lines_[i])) {
        if (const auto it = places.find(drop->message); it != places.end())
          all[it->second].dropped = true;
      }
      const auto* step = std::get_if<TracedStep>(&lines_[i]);
      if (step == nullptr) continue;
      const std::int64_t here = selected_[i] ? place++ : absent;
      if (const auto it = places.find(step->message); step->message != 0 && it != places.end())
        all[it->second].got_step = here;
      for (const TracedSend& send : step->sent) {
        places.emplace(send.id, all.size());
        all.push_back({static_cast<std::uint32_t>(rows_.row(step->node)), rows_.row(send.to),
                       step->at.ns(), ns_or_absent(send.arrives), here, absent, false, &send});
      }
    }
    std::erase_if(all, [](const Message& message) {
      return message.sent_step == absent && message.got_step == absent;
    });
    return all;
  }

  void write_messages(Members& page) {
    Column from, to, sent, flight, kind, lost, sent_step, got_step, dropped;
    for (const Message& message : messages()) {
      from.push_back(message.from);
      to.push_back(message.to);
      sent.push_back(message.sent);
      flight.push_back(message.arrives == absent ? absent : message.arrives - message.sent);
      kind.push_back(text(message.send->name));
      lost.push_back(message.send->arrives ? absent : text(message.send->lost));
      sent_step.push_back(message.sent_step);
      got_step.push_back(message.got_step);
      dropped.push_back(message.dropped ? 1 : 0);
    }
    Members columns(page.raw("messages"));
    columns.column("from", from);
    columns.column("to", to);
    columns.column("sent", deltas(sent));
    columns.column("flight", flight);
    columns.column("kind", kind);
    columns.column("lost", lost);
    columns.column("sentStep", sent_step);
    columns.column("gotStep", got_step);
    columns.column("dropped", dropped);
    columns.close();
  }

  // Stretches of one role and term: [row, from, to or -1, role, term].
  void write_bands(Members& page) {
    std::vector<Column> bands;
    std::unordered_map<std::uint32_t, std::size_t> open;
    const auto close = [&](NodeId node, Instant at) {
      const auto it = open.find(node.value());
      if (it == open.end()) return;
      bands[it->second][2] = at.ns();
      open.erase(it);
    };
    for (const TraceLine& line : lines_) {
      if (const auto* fault = std::get_if<TracedFault>(&line);
          fault != nullptr && fault->kind == "crash")
        for (const NodeId node : fault->nodes) close(node, fault->at);
      const auto* step = std::get_if<TracedStep>(&line);
      if (step == nullptr || step->role.empty()) continue;
      const std::int64_t role = text(step->role);
      const auto term = static_cast<std::int64_t>(step->term);
      if (const auto it = open.find(step->node.value()); it != open.end()) {
        if (bands[it->second][3] == role && bands[it->second][4] == term) continue;
        close(step->node, step->at);
      }
      open[step->node.value()] = bands.size();
      bands.push_back({rows_.row(step->node), step->at.ns(), absent, role, term});
    }
    page.columns("bands", bands);
  }

  const ReportInput& input_;
  const std::vector<TraceLine>& lines_;
  Leadership leadership_;
  std::vector<bool> selected_;
  Rows rows_;
  StringTable strings_;
  fmt::memory_buffer out_;
};

}  // namespace

std::string page_data(const ReportInput& input) { return Writer(input).write(); }

}  // namespace lockstep::sim
