// shrink: a scenario that goes wrong to a small one that goes wrong in the same way.
#include <fmt/core.h>

#include <filesystem>
#include <fstream>

#include "sim/fuzz/anchor.hpp"
#include "sim/fuzz/pretty.hpp"
#include "sim/fuzz/shrink.hpp"
#include "sim/program/campaign.hpp"
#include "sim/program/commands.hpp"
#include "sim/program/crew.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/interrupts.hpp"
#include "sim/program/results.hpp"
#include "sim/program/workers.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

struct ShrinkFlags {
  std::string file, out, rule;
  unsigned jobs = 1;
  std::uint64_t seconds = 60, patience = 10;
  bool json = false;
};

Json json_of(const RunEnd& end) {
  return {{"kind", static_cast<int>(end.kind)},
          {"rule", end.rule},
          {"text", end.text},
          {"fingerprint", end.fingerprint}};
}
RunEnd end_from(const Json& told) {
  return {static_cast<RunEnd::Kind>(told.at("kind").get<int>()), told.at("rule").get<std::string>(),
          told.at("text").get<std::string>(), told.at("fingerprint").get<std::string>()};
}

// One run in a worker: how it ended, when rules broke, and what clients asked.
std::string try_scenario(const std::string& task) {
  const Scenario scenario = parse_scenario("candidate", task);
  RunOptions options;
  options.search_steps = campaign_search_steps;
  const Outcome outcome = execute(scenario, FabricKind::loop, options);
  Json ends = Json::array(), broke = Json::array(), history = Json::array();
  for (const RunEnd& end : ends_of(outcome)) ends.push_back(json_of(end));
  for (const Violation& violation : outcome.violations) broke.push_back(violation.at.ns());
  for (const HistoryOperation& o : outcome.history) {
    history.push_back({o.client.value(), o.verb, o.key, o.value,
                       o.expected ? Json(*o.expected) : Json(), o.invoked.ns(), o.reason});
  }
  return Json{{"ends", ends}, {"broke", broke}, {"history", history}}.dump();
}

HistoryOperation operation_from(const Json& told) {
  HistoryOperation o;
  o.client = NodeId(told[0].get<std::uint32_t>());
  o.verb = told[1].get<std::string>();
  o.key = told[2].get<std::string>();
  o.value = told[3].get<std::string>();
  if (!told[4].is_null()) o.expected = told[4].get<std::string>();
  o.invoked = Instant(told[5].get<std::int64_t>());
  o.reason = told[6].get<std::string>();
  return o;
}

// Runs candidates in processes of their own, several at a time, and knows which rule must break.
class Laboratory {
 public:
  explicit Laboratory(const ShrinkFlags& flags)
      : crew_(try_scenario, flags.jobs, std::chrono::seconds(flags.patience)),
        until_(Clock::now() + std::chrono::seconds(flags.seconds)) {}

  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  [[nodiscard]] bool interrupted() const { return NotesInterrupts::came(); }
  [[nodiscard]] bool expired() const { return interrupted() || Clock::now() >= until_; }
  void look_for(std::string fingerprint) { wanted_ = std::move(fingerprint); }

  struct Seen {
    std::vector<RunEnd> ends;
    Json answer;  // nothing when it did not end by itself
  };
  Seen run(const Json& scenario) {
    crew_.give(0, scenario.dump());
    while (!interrupted()) {
      if (const auto answer = crew_.take(std::chrono::milliseconds(200))) return seen(*answer);
    }
    throw Interrupted();
  }

  std::optional<std::size_t> first_same(const std::vector<Json>& candidates) {
    crew_.clear();
    std::vector<int> same(candidates.size(), -1);
    std::size_t given = 0, known = 0;
    while (known < candidates.size() && !expired()) {
      while (given < candidates.size() && crew_.open() < crew_.wanted())
        crew_.give(given, candidates[given].dump()), ++given;
      const auto answer = crew_.take(std::chrono::milliseconds(200));
      if (!answer) continue;
      same[answer->number] = is_wanted(seen(*answer)) ? 1 : 0;
      for (; known < candidates.size() && same[known] >= 0; ++known) {
        if (same[known] == 1) return known;
      }
    }
    return std::nullopt;
  }

  std::optional<Look> look(const Json& scenario) {
    const Seen found = run(scenario);
    if (found.answer.is_null()) return std::nullopt;
    Look look;
    for (const Json& told : found.answer.at("history"))
      look.history.push_back(operation_from(told));
    const Json& broke = found.answer.at("broke");
    for (std::size_t i = 0; i < found.ends.size() && i < broke.size(); ++i) {
      if (found.ends[i].fingerprint == wanted_) {
        look.broke = Instant(broke[i].get<std::int64_t>());
        break;
      }
    }
    return look;
  }

  [[nodiscard]] std::optional<RunEnd> wanted_of(const Seen& found) const {
    for (const RunEnd& end : found.ends) {
      if (end.finding() && end.fingerprint == wanted_) return end;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool is_wanted(const Seen& found) const { return wanted_of(found).has_value(); }

  Seen seen(const CrewAnswer& answer) {
    ++runs_;
    switch (answer.kind) {
      case CrewAnswer::Kind::failed: return {{failed_end(answer.text)}, nullptr};
      case CrewAnswer::Kind::died: return {{died_end(answer.signal)}, nullptr};
      case CrewAnswer::Kind::hung: return {{hung_end()}, nullptr};
      case CrewAnswer::Kind::answered: break;
    }
    Seen found{{}, Json::parse(answer.text)};
    for (const Json& end : found.answer.at("ends")) found.ends.push_back(end_from(end));
    return found;
  }

  NotesInterrupts notes_;
  Crew crew_;
  Clock::time_point until_;
  std::string wanted_;
  std::uint64_t runs_ = 0;
};

// The end to keep: of the rule that was asked for or is expected, or else the first one.
std::optional<RunEnd> choose(const Laboratory::Seen& seen, const std::string& rule) {
  for (const RunEnd& end : seen.ends) {
    if (end.finding() && (rule.empty() || end.rule == rule)) return end;
  }
  return std::nullopt;
}

std::string count_text(const Json& scenario) {
  const Json load = scenario.value("workload", Json::object());
  const bool script = load.contains("script");
  return fmt::format("{} nodes, {} faults, {}", scenario.value("nodes", 3),
                     scenario.value("faults", Json::array()).size(),
                     load.empty() ? std::string("no clients")
                     : script     ? fmt::format("{} operations", load["script"].size())
                                  : std::string("a load of operations"));
}

fs::path path_of(const ShrinkFlags& flags) {
  if (!flags.out.empty()) return flags.out;
  return fs::path(flags.file).parent_path() /
         (fs::path(flags.file).stem().string() + ".shrunk.json");
}

void write(const fs::path& path, const Json& scenario) {
  std::ofstream file(path, std::ios::binary);
  file << pretty(scenario);
  file.close();
  if (!file)
    throw OutputError(fmt::format("{}: cannot write; choose another with --out", path.string()));
}

int shrink_file(const ShrinkFlags& flags) {
  const Scenario loaded = load_scenario(flags.file);
  require_loop(loaded);
  const Json scenario = Json::parse(loaded.effective);
  Laboratory laboratory(flags);
  const auto start = Clock::now();
  Json plain = anchored(scenario, flags.file);
  for (const char* key : {"violates", "sometimes"}) {
    if (plain.contains("expect")) plain["expect"].erase(key);
  }
  const std::string rule = flags.rule.empty() ? loaded.expect.violates : flags.rule;
  const auto first = choose(laboratory.run(plain), rule);
  if (!first) {
    fmt::print(stderr, "{}: {}; there is nothing to shrink\n", flags.file,
               rule.empty() ? "nothing goes wrong" : "the rule '" + rule + "' does not break");
    return exit_undecided;
  }
  laboratory.look_for(first->fingerprint);
  const bool recovery = rests_on_recovery(first->rule);
  const Json bare = stripped(plain, *first);
  const auto again = laboratory.wanted_of(laboratory.run(bare));
  const Trial trial{[&](const std::vector<Json>& some) { return laboratory.first_same(some); },
                    [&](const Json& one) { return laboratory.look(one); },
                    [&] { return laboratory.expired(); }};
  const Json small = again ? shrink(bare, trial, recovery) : plain;
  if (laboratory.interrupted()) throw Interrupted();
  const auto last = laboratory.wanted_of(laboratory.run(small));
  if (!last) {
    fmt::print(stderr, "{}: it does not go wrong in the same way twice; see lockstep run --twice\n",
               flags.file);
    return exit_not_deterministic;
  }
  const fs::path path = path_of(flags);
  const Json result = put_down(told(small, *last), scenario, path.string());
  (void)parse_scenario(path.string(), result.dump());
  write(path, result);
  const std::chrono::duration<double> spent = Clock::now() - start;
  const bool complete = !laboratory.expired();
  if (flags.json) {
    const Json answer{
        {"file", path.string()},
        {"rule", last->rule},
        {"fingerprint", last->fingerprint},
        {"text", last->text},
        {"nodes", result.value("nodes", 3)},
        {"faults", result.value("faults", Json::array()).size()},
        {"operations",
         result.value("workload", Json::object()).value("script", Json::array()).size()},
        {"generated_load", result.contains("workload") && !result["workload"].contains("script")},
        {"runs", laboratory.runs()},
        {"seconds", spent.count()},
        {"complete", complete}};
    fmt::print("{}\n", answer.dump());
    return exit_pass;
  }
  fmt::print("{}: {}\n", last->rule, last->text);
  fmt::print("before: {}\nafter:  {}{}\n", count_text(scenario), count_text(result),
             complete ? "" : " (the time is over; --seconds gives more)");
  fmt::print("{} runs in {:.1f} s: {}\n", laboratory.runs(), spent.count(), path.string());
  return exit_pass;
}

}  // namespace

Action add_shrink(CLI::App& app) {
  auto* command = app.add_subcommand(
      "shrink", "Make a scenario that goes wrong as small as it can be. Exit 2 if nothing does.");
  auto flags = std::make_shared<ShrinkFlags>();
  command->add_option("FILE", flags->file, "the scenario")->required();
  command->add_option("--out", flags->out, "the file to write; default: FILE with .shrunk.json");
  command->add_option("--rule", flags->rule,
                      "keep this rule broken; default: the one FILE expects, or the first");
  command->add_option("--seconds", flags->seconds, "end after so long with what there is")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{86'400}));
  command->add_option("--jobs", flags->jobs, "processes")
      ->capture_default_str()
      ->check(CLI::Range(1u, 1024u));
  command->add_option("--patience", flags->patience, "seconds after which a run hangs")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{86'400}));
  command->add_flag("--json", flags->json, "print one JSON object and nothing else");
  return [flags] {
    try {
      return shrink_file(*flags);
    } catch (const OutputError& error) {
      fmt::print(stderr, "{}\n", error.what());
      return exit_cannot_create;
    }
  };
}

}  // namespace lockstep::sim
