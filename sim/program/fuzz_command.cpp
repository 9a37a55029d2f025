// fuzz: attacks a protocol with drawn scenarios; each finding is saved as a scenario.
#include <fmt/core.h>
#include <unistd.h>

#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>

#include "core/base/random.hpp"
#include "sim/fuzz/anchor.hpp"
#include "sim/fuzz/pretty.hpp"
#include "sim/program/campaign.hpp"
#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/results.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

struct FuzzFlags {
  std::string protocol;
  std::string seeds, from, budget = "majority";
  std::string out = "results/fuzz";
  std::optional<double> minutes;
  unsigned jobs = 1, twice = 5;
  std::uint64_t patience = 60;
  std::optional<std::uint64_t> stop_at, print, dies, hangs;
  bool json = false, no_write = false;
};

// "A..B", "A.." or "A".
void read_seeds(const std::string& text, CampaignPlan& plan) {
  const auto refuse = [&]() {
    throw CLI::ValidationError(
        "--seeds", "expected A..B with A not above B, A.. or one seed, not '" + text + "'");
  };
  const auto number = [&](std::string_view digits, std::uint64_t& value) {
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) refuse();
  };
  const std::size_t dots = text.find("..");
  number(std::string_view(text).substr(0, dots), plan.first);
  plan.last = plan.first;
  if (dots == std::string::npos) return;
  plan.last = UINT64_MAX;
  if (text.size() > dots + 2) number(std::string_view(text).substr(dots + 2), plan.last);
  if (plan.last < plan.first) refuse();
}

// Seeds nobody has tried, in a range that is easy to type again.
std::uint64_t fresh_seed() {
  return mix_seed(static_cast<std::uint64_t>(std::time(nullptr)),
                  static_cast<std::uint64_t>(getpid())) %
         1'000'000'000'000 / 1'000'000 * 1'000'000;
}

CampaignPlan plan_of(const FuzzFlags& flags) {
  CampaignPlan plan;
  plan.protocol = flags.protocol;
  plan.budget = flags.budget == "none" ? Budget::none : Budget::majority;
  if (!flags.from.empty()) {
    const Scenario base = load_scenario(flags.from);
    if (base.protocol != flags.protocol) {
      throw ScenarioError(flags.from, {}, "protocol",
                          "is " + base.protocol + "; call lockstep fuzz " + base.protocol);
    }
    require_loop(base);
    plan.written = Json::parse(base.effective);
    plan.base = anchored(plan.written, flags.from);
  }
  if (flags.seeds.empty()) {
    plan.first = fresh_seed();
  } else {
    read_seeds(flags.seeds, plan);
  }
  if (flags.minutes) {
    plan.time = std::chrono::seconds(static_cast<std::int64_t>(*flags.minutes * 60));
  } else if (plan.last == UINT64_MAX) {
    plan.time = std::chrono::minutes(1);
  }
  plan.jobs = flags.jobs;
  plan.twice_percent = flags.twice;
  plan.patience = std::chrono::seconds(flags.patience);
  if (flags.stop_at) plan.most_findings = *flags.stop_at;
  plan.dies = flags.dies;
  plan.hangs = flags.hangs;
  return plan;
}

// One line on stderr, each second on a terminal and each ten elsewhere.
class Ticker {
 public:
  explicit Ticker(const CampaignPlan& plan) : plan_(plan), terminal_(isatty(STDERR_FILENO) != 0) {}
  ~Ticker() { clear(); }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  void clear() {
    if (terminal_ && shown_) fmt::print(stderr, "\r\033[K");
    shown_ = false;
  }
  void show(const CampaignResult& result) {
    const double wall = result.wall_seconds;
    if (wall < next_) return;
    next_ = wall + (terminal_ ? 1 : 10);
    const double runs = static_cast<double>(result.runs);
    std::string line =
        fmt::format("{} runs, {:.0f} runs/s, {:.0f} simulated seconds/s, {} found", result.runs,
                    runs / wall, result.simulated_seconds / wall, result.findings);
    if (const double left = seconds_left(result, runs / wall); left >= 0)
      line += fmt::format(", {:.0f} s to go", left);
    fmt::print(stderr, "{}{}{}", terminal_ ? "\r\033[K" : "", line, terminal_ ? "" : "\n");
    std::fflush(stderr);
    shown_ = true;
  }

 private:
  // The earlier of the two ends; negative when there is none.
  [[nodiscard]] double seconds_left(const CampaignResult& result, double speed) const {
    double left = -1;
    if (plan_.last != UINT64_MAX && speed > 0)
      left = static_cast<double>(plan_.last - plan_.first + 1 - result.runs) / speed;
    if (plan_.time) {
      const double time = static_cast<double>(plan_.time->count()) - result.wall_seconds;
      left = left < 0 ? time : std::min(left, time);
    }
    return left;
  }

  const CampaignPlan& plan_;
  const bool terminal_;
  bool shown_ = false;
  double next_ = 1;
};

// What was found, by fingerprint: the first of each in full, ten of each as files.
class Findings {
 public:
  Findings(const CampaignPlan& plan, const FuzzFlags& flags) : plan_(plan), flags_(flags) {}

  void add(const Finding& finding) {
    const std::uint64_t times = ++times_[finding.end.fingerprint];
    differs_only_ = differs_only_ && finding.end.kind == RunEnd::Kind::differs;
    if (!first_ || finding.seed < first_->seed) first_ = finding;
    const std::string file = times <= 10 ? save(finding) : "";
    if (times > 1) return;
    const Json one{{"seed", finding.seed},
                   {"end", name_of(finding.end.kind)},
                   {"rule", finding.end.rule},
                   {"text", finding.end.text},
                   {"fingerprint", finding.end.fingerprint},
                   {"wall_seconds", finding.wall_seconds},
                   {"file", file}};
    firsts_.push_back(one);
    if (flags_.json) return;
    fmt::print("seed {}: {}: {}: {}\n", finding.seed, name_of(finding.end.kind), finding.end.rule,
               finding.end.text);
    if (file.empty()) {
      fmt::print("  again: ./lockstep fuzz {} --seeds {}{}{}\n", plan_.protocol, finding.seed,
                 plan_.budget == Budget::none ? " --budget none" : "",
                 flags_.from.empty() ? "" : " --from " + flags_.from);
    } else {
      fmt::print("  again: ./lockstep run {} --fabric loop\n", file);
    }
    std::fflush(stdout);
  }
  [[nodiscard]] bool none() const { return times_.empty(); }
  [[nodiscard]] bool differs_only() const { return differs_only_; }
  [[nodiscard]] const std::optional<Finding>& first() const { return first_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& times() const { return times_; }
  [[nodiscard]] const Json& firsts() const { return firsts_; }

 private:
  // The path, or nothing when nothing is to be written.
  [[nodiscard]] std::string save(const Finding& finding) const {
    if (flags_.no_write) return "";
    Json scenario;
    try {
      scenario = drawn_scenario(plan_, finding.seed);
    } catch (const std::exception&) {
      return "";  // drawing it is what went wrong
    }
    const fs::path folder = fs::path(flags_.out) / plan_.protocol;
    require_writable(folder);
    scenario["why"] = finding.end.rule + ": " + finding.end.text;
    const fs::path path = folder / fmt::format("seed-{}.json", finding.seed);
    if (plan_.base) scenario = put_down(scenario, plan_.written, path.string());
    std::ofstream file(path, std::ios::binary);
    file << pretty(scenario);
    file.close();
    if (!file) throw OutputError(fmt::format("{}: cannot write; is the disk full?", path.string()));
    return path.string();
  }

  const CampaignPlan& plan_;
  const FuzzFlags& flags_;
  std::map<std::string, std::uint64_t> times_;  // by fingerprint
  std::optional<Finding> first_;                // of the lowest seed
  bool differs_only_ = true;
  Json firsts_ = Json::array();
};

Json json_of(const CampaignPlan& plan, const CampaignResult& result, const Findings& findings) {
  Json kinds = Json::object();
  for (const auto& [fingerprint, times] : findings.times()) kinds[fingerprint] = times;
  Json out{{"protocol", plan.protocol},
           {"first_seed", plan.first},
           {"last_seed", result.last_seed.value_or(plan.first)},
           {"runs", result.runs},
           {"twice", result.twice},
           {"undecided", result.undecided},
           {"findings", result.findings},
           {"by_fingerprint", kinds},
           {"firsts", findings.firsts()},
           {"lowest_seed_found", nullptr},
           {"wall_seconds", result.wall_seconds},
           {"simulated_seconds", result.simulated_seconds},
           {"runs_per_s", static_cast<double>(result.runs) / result.wall_seconds},
           {"sim_seconds_per_s", result.simulated_seconds / result.wall_seconds},
           {"messages_per_s", result.messages / result.wall_seconds},
           {"coverage", result.coverage.json()},
           {"interrupted", result.interrupted}};
  if (findings.first()) out["lowest_seed_found"] = findings.first()->seed;
  return out;
}

void print_end(const CampaignPlan& plan, const CampaignResult& result, const Findings& findings) {
  fmt::print("{}\n", result.coverage.table());
  for (const auto& [fingerprint, times] : findings.times())
    fmt::print("{} times: {}\n", times, fingerprint);
  if (result.first_undecided) {
    fmt::print("undecided: {} runs, the first with seed {}: {}\n", result.undecided,
               *result.first_undecided, result.undecided_text);
  }
  const double wall = result.wall_seconds;
  fmt::print(
      "{}: {} runs in {:.1f} s, {:.0f} runs/s, {:.0f} simulated seconds/s, {:.0f} messages/s; "
      "{} run twice\n",
      plan.protocol, result.runs, wall, static_cast<double>(result.runs) / wall,
      result.simulated_seconds / wall, result.messages / wall, result.twice);
  fmt::print("verdict: {}  seeds: {}..{}  undecided: {}  findings: {}\n",
             findings.none() ? "pass" : "violated", plan.first,
             result.last_seed.value_or(plan.first), result.undecided, result.findings);
}

int fuzz(const FuzzFlags& flags) {
  const CampaignPlan plan = plan_of(flags);
  if (flags.print) {
    fmt::print("{}", pretty(drawn_scenario(plan, *flags.print)));
    return exit_pass;
  }
  if (!flags.no_write) require_writable(fs::path(flags.out) / plan.protocol);
  if (!flags.json) {
    fmt::print("fuzz {}: seeds {}..{}\n", plan.protocol, plan.first,
               plan.last == UINT64_MAX ? "" : std::to_string(plan.last));
    std::fflush(stdout);
  }
  Findings findings(plan, flags);
  std::optional<CampaignResult> result;
  {
    Ticker ticker(plan);
    CampaignEvents events;
    events.found = [&](const Finding& finding) {
      ticker.clear();
      findings.add(finding);
    };
    events.tick = [&](const CampaignResult& so_far) { ticker.show(so_far); };
    result = run_campaign(plan, events);
  }
  if (flags.json) {
    fmt::print("{}\n", json_of(plan, *result, findings).dump());
  } else {
    print_end(plan, *result, findings);
  }
  if (result->interrupted) return exit_interrupted;
  if (findings.none()) return exit_pass;
  return findings.differs_only() ? exit_not_deterministic : exit_violated;
}

void add_flags(CLI::App& command, FuzzFlags& flags) {
  std::vector<std::string> protocols;
  for (const auto& format : protocol_formats()) {
    if (format.is_drawn) protocols.push_back(format.name);
  }
  command.add_option("PROTOCOL", flags.protocol, "which")
      ->required()
      ->check(CLI::IsMember(protocols));
  command.add_option("--seeds", flags.seeds,
                     "A..B, both included; A.. until the time is over; without it fresh ones");
  command
      .add_option("--minutes", flags.minutes,
                  "how long; without it and without an end of --seeds: 1")
      ->check(CLI::Range(0.01, 100'000.0));
  command.add_option("--jobs", flags.jobs, "processes")
      ->capture_default_str()
      ->check(CLI::Range(1u, 1024u));
  command.add_option("--from", flags.from, "draw around this scenario");
  command
      .add_option("--budget", flags.budget,
                  "majority: enough is left in the end, and progress is owed; none: safety only")
      ->check(CLI::IsMember({"majority", "none"}))
      ->capture_default_str();
  command.add_option("--out", flags.out, "folder that gets <protocol>/seed-<seed>.json")
      ->capture_default_str();
  command
      .add_option("--twice", flags.twice,
                  "percent of the seeds that are run twice; exit 3 if their digests differ")
      ->capture_default_str()
      ->check(CLI::Range(0u, 100u));
  command.add_option("--stop-at", flags.stop_at, "end after so many findings")
      ->check(refuse_unless_whole);
  command.add_option("--patience", flags.patience, "seconds after which a run hangs")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{86'400}));
  command.add_option("--print", flags.print, "print the scenario of this seed, and run nothing")
      ->check(refuse_unless_whole);
  command.add_flag("--no-write", flags.no_write, "save no scenario");
  command.add_flag("--json", flags.json, "print one JSON object and nothing else");
  // For tests: the run of this seed aborts, or never ends.
  command.add_option("--dies-at", flags.dies)->group("");
  command.add_option("--hangs-at", flags.hangs)->group("");
}

}  // namespace

Action add_fuzz(CLI::App& app) {
  auto* command = app.add_subcommand(
      "fuzz",
      "Attack a protocol with drawn scenarios. Exit 1 if any rule broke, a run died or hung.");
  auto flags = std::make_shared<FuzzFlags>();
  add_flags(*command, *flags);
  return [flags] {
    try {
      return fuzz(*flags);
    } catch (const OutputError& error) {
      fmt::print(stderr, "{}\n", error.what());
      return exit_cannot_create;
    } catch (const CLI::ValidationError& error) {
      fmt::print(stderr, "lockstep: {}\n", error.what());
      return exit_usage;
    }
  };
}

}  // namespace lockstep::sim
