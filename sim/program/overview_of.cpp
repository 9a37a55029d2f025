#include "sim/program/overview_of.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/program/stats_rows.hpp"
#include "sim/report/report.hpp"
#include "sim/trace/history_reader.hpp"
#include "sim/trace/trace_reader.hpp"

namespace lockstep::sim {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

// A page of 50 runs stays below 5 MB: so many diagrams, each of the steps around what broke.
constexpr std::size_t most_diagrams = 8, most_figures = 24, largest_figure = 1u << 20;

std::string part_of_result(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || fs::is_directory(file) || (in.peek() != EOF && !(text << in.rdbuf())))
    throw NoRun(fmt::format("{}: cannot be read; name a folder that lockstep run or sweep wrote",
                            file.string()));
  return text.str();
}

OrderedJson json_of_result(const fs::path& file) {
  OrderedJson value = OrderedJson::parse(part_of_result(file), nullptr, false);
  if (!value.is_object())
    throw BrokenRun(fmt::format("{}: not a JSON object; run the scenario again", file.string()));
  return value;
}

// A member as text; "" where there is none.
std::string said(const OrderedJson& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

// The runs of one scenario: their figures and latencies are told together.
struct Pool {
  Grouped figures, latencies;
};

void add_figures(Grouped& to, const OrderedJson& figures) {
  if (to.groups.empty()) to.groups.push_back({});
  Group& group = to.groups[0];
  for (const auto& [name, value] : figures.items()) {
    if (!value.is_number()) continue;
    const auto at = std::find(to.columns.begin(), to.columns.end(), name);
    const auto place = static_cast<std::size_t>(at - to.columns.begin());
    if (at == to.columns.end()) {
      to.columns.push_back(name);
      group.samples.emplace_back();
    }
    group.samples[place].push_back(value.get<double>());
  }
}

void add_groups(Grouped& to, Grouped from) {
  to.by = from.by;
  to.columns = from.columns;
  for (Group& group : from.groups) {
    const auto at = std::find_if(to.groups.begin(), to.groups.end(),
                                 [&](const Group& one) { return one.key == group.key; });
    if (at == to.groups.end()) {
      to.groups.push_back(std::move(group));
      continue;
    }
    auto& samples = at->samples[0];
    samples.insert(samples.end(), group.samples[0].begin(), group.samples[0].end());
  }
}

std::string diagram_of(const fs::path& folder, const OrderedJson& manifest,
                       const OrderedJson& summary) {
  std::vector<TraceLine> lines;
  std::vector<HistoryOperation> history;
  try {
    lines = read_trace_ndjson(part_of_result(folder / "trace.ndjson"));
    history = read_history_ndjson(part_of_result(folder / "history.ndjson"));
  } catch (const TraceRefused& refused) {
    throw BrokenRun(fmt::format("{}: {}", (folder / "trace.ndjson").string(), refused.what()));
  } catch (const HistoryRefused& refused) {
    throw BrokenRun(fmt::format("{}: {}", (folder / "history.ndjson").string(), refused.what()));
  }
  ReportInput input;
  input.manifest = nlohmann::json(manifest);
  input.summary = nlohmann::json(summary);
  if (input.summary["digest"].is_null()) input.summary.erase("digest");
  input.lines = &lines;
  input.history = &history;
  input.steps_total = manifest.value("steps_total", std::uint64_t{lines.size()});
  input.duration = Duration(summary.value("ended_ns", std::int64_t{0}));
  for (const TraceLine& line : lines) {
    const auto* const step = std::get_if<TracedStep>(&line);
    if (step == nullptr || step->node == nobody) continue;
    const std::uint32_t id = step->node.value();
    if (is_client(step->node))
      input.clients = std::max(input.clients, id - client_base);
    else
      input.nodes = std::max(input.nodes, id);
  }
  input.max_steps = 600;
  input.max_text = 48u << 10;
  input.max_operations = 200;
  return render_report(input);
}

class Collector {
 public:
  explicit Collector(const Bootstrap& how) : how_(how) {
    page_.verdict = "pass";
    page_.results.rows = {
        {"result", "scenario", "runs", "not passed", "verdict", "seed", "digest"}};
    page_.environment.rows = {{"lockstep", "commit", "compiler", "build", "fabric"}};
    page_.commands.rows = {{"result", "command", "digest"}};
  }

  void add(const fs::path& result) {
    if (result.extension() == ".svg") return add_figure(result);
    if (fs::exists(result / "summary.json"))
      add_run(result);
    else if (fs::exists(result / "runs.csv"))
      add_sweep(result);
    else
      throw NoRun(
          fmt::format("{}: holds no results; name a folder that lockstep run or lockstep "
                      "sweep wrote, or a figure (.svg)",
                      result.string()));
    for (const fs::path& folder : {result, result / "figures"}) add_figures_in(folder);
  }

  Overview finish() {
    for (const std::string& title : order_) {
      Pool& pool = pools_[title];
      add_table(title + ": figures of its runs", pool.figures);
      if (!pool.latencies.groups.empty()) add_table(title + ": latency", pool.latencies);
    }
    const std::size_t count = page_.questions.size();
    page_.title = count == 1 ? page_.questions[0].title : fmt::format("{} scenarios", count);
    return std::move(page_);
  }

 private:
  void add_run(const fs::path& folder) {
    const OrderedJson manifest = json_of_result(folder / "manifest.json");
    const OrderedJson summary = json_of_result(folder / "summary.json");
    const std::string title = said(summary, "title"), verdict = said(summary, "verdict");
    ask({title, said(summary, "why"), said(summary, "source"), said(summary, "protocol"),
         manifest.value("effective_scenario", OrderedJson::object()).dump(2)});
    page_.results.rows.push_back({folder.string(), title, "1", verdict == "pass" ? "0" : "1",
                                  verdict, said(summary, "seed"), said(summary, "digest")});
    judge(verdict);
    describe(folder, manifest);
    if (std::find(order_.begin(), order_.end(), title) == order_.end()) order_.push_back(title);
    const OrderedJson figures = summary.value("figures", OrderedJson::object());
    add_figures(pools_[title].figures, figures);
    if (said(figures, "operations_ok") != "0" && said(figures, "operations_ok") != "0.0" &&
        figures.contains("operations_ok"))
      add_groups(pools_[title].latencies, group_result(folder / "history.ndjson", {}));
    add_broken(folder, manifest, summary);
  }

  void add_sweep(const fs::path& folder) {
    const Grouped runs = group_result(folder / "runs.csv", {});
    const std::string name = fs::weakly_canonical(folder).filename().string();
    OrderedJson manifest = OrderedJson::object();
    if (fs::exists(folder / "manifest.json")) manifest = json_of_result(folder / "manifest.json");
    const OrderedJson scenario = manifest.value("effective_scenario", OrderedJson::object());
    const std::string title = scenario.contains("title") ? said(scenario, "title") : name;
    ask({title, said(scenario, "why"), said(scenario, "source"), said(manifest, "protocol"),
         scenario.dump(2)});
    const std::string verdict = runs.not_passed == 0 ? "pass" : "violated";
    page_.results.rows.push_back({folder.string(), title, std::to_string(runs.rows),
                                  std::to_string(runs.not_passed), verdict, said(manifest, "seed"),
                                  ""});
    judge(verdict);
    if (!manifest.empty()) describe(folder, manifest);
    add_table(title + ": " + folder.string(), runs);
  }

  void ask(Overview::Question question) {
    const bool asked =
        std::any_of(page_.questions.begin(), page_.questions.end(), [&](const auto& one) {
          return one.title == question.title && one.protocol == question.protocol;
        });
    if (!asked) page_.questions.push_back(std::move(question));
  }

  void judge(const std::string& verdict) {
    if (verdict == "violated" || (verdict != "pass" && page_.verdict == "pass"))
      page_.verdict = verdict;
  }

  void describe(const fs::path& folder, const OrderedJson& manifest) {
    std::vector<std::string> row;
    for (const char* name : {"lockstep", "commit", "compiler", "build_type", "fabric"})
      row.push_back(said(manifest, name));
    auto& rows = page_.environment.rows;
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
    page_.commands.rows.push_back(
        {folder.string(), said(manifest, "command"), said(manifest, "digest")});
  }

  void add_broken(const fs::path& folder, const OrderedJson& manifest, const OrderedJson& summary) {
    Overview::Broken broken{folder.string(), {}, ""};
    for (const auto& one : summary.value("violations", OrderedJson::array()))
      broken.texts.push_back(
          fmt::format("{}: {} {}", said(one, "rule"), said(one, "node"), said(one, "text")));
    // A claim of the scenario that did not come true breaks no rule, and has its reason.
    if (broken.texts.empty() && said(summary, "verdict") != "pass")
      for (const auto& reason : summary.value("reasons", OrderedJson::array()))
        broken.texts.push_back(reason.is_string() ? reason.get<std::string>() : reason.dump());
    if (broken.texts.empty()) return;
    if (page_.broken.size() < most_diagrams) broken.page = diagram_of(folder, manifest, summary);
    page_.broken.push_back(std::move(broken));
  }

  void add_table(const std::string& caption, const Grouped& grouped) {
    page_.tables.push_back({caption, text_table(stats_of({grouped}, how_), 6),
                            fmt::format("interval of the mean: bootstrap, {} resamples, seed {}",
                                        how_.resamples, how_.seed)});
  }

  void add_figure(const fs::path& file) {
    if (page_.figures.size() >= most_figures) return;
    const std::string svg = part_of_result(file);
    if (svg.size() <= largest_figure) page_.figures.emplace_back(file.filename().string(), svg);
  }

  void add_figures_in(const fs::path& folder) {
    if (!fs::is_directory(folder)) return;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".svg") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) add_figure(file);
  }

  Bootstrap how_;
  Overview page_;
  std::vector<std::string> order_;  // titles of scenarios with runs
  std::map<std::string, Pool> pools_;
};

}  // namespace

Overview overview_of(const std::vector<std::string>& results, const Bootstrap& how) {
  Collector collector(how);
  for (const std::string& result : results) {
    try {
      collector.add(result);
    } catch (const nlohmann::json::exception& error) {
      throw BrokenRun(fmt::format("{}: {}; run the scenario again", result, error.what()));
    }
  }
  return collector.finish();
}

}  // namespace lockstep::sim
