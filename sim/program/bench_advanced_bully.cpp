#include "sim/program/bench_advanced_bully.hpp"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/check.hpp"
#include "sim/predict/ailing_rooms.hpp"
#include "sim/program/execute.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/terminal.hpp"
#include "sim/program/workers.hpp"
#include "sim/scenario/parse.hpp"
#include "sim/stats/quantiles.hpp"

namespace lockstep::sim {
namespace {

constexpr std::size_t rooms_profiles = enumerator_count(RoomsProfile{});
constexpr double wanted_handed_over = 0.95, wanted_false = 1, wanted_wall = 10;
constexpr std::uint64_t shift = 10;  // hours of one healthy run

// Everybody times out at the same instant and stands: nobody can ask for more messages.
constexpr const char* thousand = R"json({
  "format": 1, "title": "A thousand rooms elect", "protocol": "advanced_bully", "nodes": 1000,
  "duration": "30 s", "until": {"leader_stable_for": "1 s"},
  "network": {"latency": "uniform 5..20 ms"},
  "expect": {"recovers_within": "20 s"}})json";

struct AdvancedBullyFlags {
  bool json = false;
  std::uint64_t seeds = 1000, hours = 1000, nodes = 1000;
  std::string latency = RoomsSettings{}.latency;
  unsigned jobs = 2;
  int runs = 3;
};

struct HandOvers {
  Ailment ailment{};
  std::uint64_t in_time = 0;  // somebody healthy led when the ill one crashed
  std::vector<double> leads;  // seconds, sorted, at most `longest_lead`
};

struct Office {
  RoomsProfile profile{};
  std::vector<HandOvers> hand_overs;
  std::uint64_t hours = 0, false_hand_overs = 0;
  [[nodiscard]] double in_ten_hours() const {
    return static_cast<double>(false_hand_overs) * 10 / static_cast<double>(hours);
  }
};

struct Crowd {
  double wall = 0, cpu = 0, elected_s = 0, delivered = 0, mebibytes = 0;
};

// Throws when a rule is broken.
Outcome pass(const Scenario& scenario, FabricKind fabric) {
  RunOptions options;
  options.keep_history = false;
  Outcome outcome = execute(scenario, fabric, options);
  if (outcome.verdict != RunVerdict::pass)
    throw std::runtime_error(fmt::format("seed {}: {}: {}", scenario.seed, name_of(outcome.verdict),
                                         outcome.reasons.empty() ? "" : outcome.reasons.front()));
  return outcome;
}

// Answers by number; throws what went wrong first.
std::map<std::uint64_t, std::string> answers(Jobs jobs) {
  JobResults results = run_jobs(jobs, [](std::uint64_t) {});
  if (results.interrupted) throw Interrupted();
  if (!results.errors.empty()) throw std::runtime_error(results.errors.front());
  return std::move(results.answers);
}

std::vector<std::uint64_t> numbers_up_to(std::uint64_t last) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = 1; number <= last; ++number) numbers.push_back(number);
  return numbers;
}

// Seconds by which somebody else led before the crash; "missed" where nobody did.
std::string lead_of(Ailment ailment, const RoomsSettings& settings, std::uint64_t seed) {
  const AilingRooms ailing = ailing_rooms(ailment, settings, seed);
  const Outcome outcome = pass(ailing.scenario, FabricKind::loop);
  const double crash = ailing.crash.since_start().seconds();
  const double onset = ailing.onset.since_start().seconds();
  const double led_since = outcome.figure("last_coordinator_ms") / 1000;
  const bool asked = outcome.figure("asked_hand_overs") > 0;
  const bool healthy = outcome.figure("last_coordinator") != 4;
  if (!asked || !healthy || led_since < onset) return "missed";
  return fmt::format("{}", crash - led_since);
}

HandOvers fall_ill(Ailment ailment, const RoomsSettings& settings,
                   const AdvancedBullyFlags& flags) {
  Jobs jobs;
  jobs.numbers = numbers_up_to(flags.seeds);
  jobs.workers = flags.jobs;
  jobs.perform = [=](std::uint64_t seed) { return lead_of(ailment, settings, seed); };
  HandOvers sum{.ailment = ailment, .in_time = 0, .leads = {}};
  for (const auto& [seed, lead] : answers(std::move(jobs))) {
    if (lead == "missed") continue;
    ++sum.in_time;
    sum.leads.push_back(std::min(std::stod(lead), longest_lead.seconds()));
  }
  std::sort(sum.leads.begin(), sum.leads.end());
  return sum;
}

std::uint64_t false_hand_overs(const RoomsSettings& settings, std::uint64_t hours,
                               unsigned workers) {
  Jobs jobs;
  jobs.numbers = numbers_up_to((hours + shift - 1) / shift);
  jobs.workers = workers;
  jobs.perform = [=](std::uint64_t number) {
    const std::uint64_t watched = std::min(shift, hours - (number - 1) * shift);
    const Scenario scenario =
        healthy_rooms(seconds(3600) * static_cast<std::int64_t>(watched), settings, number);
    return fmt::format("{}", pass(scenario, FabricKind::loop).figure("asked_hand_overs"));
  };
  double sum = 0;
  for (const auto& [number, count] : answers(std::move(jobs))) sum += std::stod(count);
  return static_cast<std::uint64_t>(sum);
}

// SimGrid serves one run a process.
Crowd gather(std::uint64_t nodes) {
  Jobs jobs;
  jobs.numbers = {0};
  jobs.process_each = true;
  jobs.perform = [=](std::uint64_t) {
    const auto start = std::chrono::steady_clock::now();
    const Scenario scenario = parse_scenario("bench", thousand, {{"nodes", std::to_string(nodes)}});
    const Outcome outcome =
        pass(scenario, simgrid_is_built() ? FabricKind::simgrid : FabricKind::loop);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const double cpu = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    return fmt::format("{} {} {} {} {}", wall.count(), cpu,
                       outcome.figure("last_coordinator_ms") / 1000, outcome.delivered,
                       static_cast<double>(used.ru_maxrss) / 1024);
  };
  Crowd crowd;
  check(std::sscanf(answers(std::move(jobs)).at(0).c_str(), "%lf %lf %lf %lf %lf", &crowd.wall,
                    &crowd.cpu, &crowd.elected_s, &crowd.delivered, &crowd.mebibytes) == 5,
        "a worker answers with five numbers");
  return crowd;
}

// The run in the middle.
Crowd gather(std::uint64_t nodes, int runs) {
  std::vector<Crowd> crowds;
  for (int run = 0; run < runs; ++run) crowds.push_back(gather(nodes));
  std::sort(crowds.begin(), crowds.end(),
            [](const Crowd& a, const Crowd& b) { return a.wall < b.wall; });
  return crowds[crowds.size() / 2];
}

Office watch(RoomsProfile profile, const AdvancedBullyFlags& flags) {
  Office office{.profile = profile, .hand_overs = {}, .hours = 0, .false_hand_overs = 0};
  const RoomsSettings settings{profile, flags.latency};
  for (std::size_t kind = 0; kind < ailments; ++kind)
    office.hand_overs.push_back(fall_ill(static_cast<Ailment>(kind), settings, flags));
  // As many beats on either profile: a lan has ten times as many an hour.
  office.hours =
      profile == RoomsProfile::wan ? flags.hours : std::max<std::uint64_t>(flags.hours / 10, 1);
  office.false_hand_overs = false_hand_overs(settings, office.hours, flags.jobs);
  return office;
}

double lead(const HandOvers& one, double q) {
  return one.leads.empty() ? 0 : quantile_of_sorted(one.leads, q);
}

nlohmann::ordered_json json_of(const Office& office, std::uint64_t seeds) {
  auto list = nlohmann::ordered_json::array();
  for (const HandOvers& one : office.hand_overs)
    list.push_back({{"ailment", name_of(one.ailment)},
                    {"seeds", seeds},
                    {"handed_over", one.in_time},
                    {"lead_s",
                     {{"p1", lead(one, 0.01)},
                      {"p10", lead(one, 0.1)},
                      {"p50", lead(one, 0.5)},
                      {"p90", lead(one, 0.9)}}}});
  return {{"ailments", list},
          {"healthy",
           {{"hours", office.hours},
            {"false_hand_overs", office.false_hand_overs},
            {"false_hand_overs_per_10_h", office.in_ten_hours()}}}};
}

void print(const Office& office, std::uint64_t seeds) {
  fmt::print("{}: a heartbeat every {}\n", name_of(office.profile),
             to_text(heartbeat_of(office.profile)));
  for (const HandOvers& one : office.hand_overs) {
    const double share = static_cast<double>(one.in_time) / static_cast<double>(seeds);
    fmt::print(
        "  {:<15} handed over before the crash {:>5.1f} %, at least 95 %{}; the successor leads "
        "before it: p1 {:.1f}, p10 {:.1f}, p50 {:.1f}, p90 {:.1f} s\n",
        name_of(one.ailment), share * 100, share < wanted_handed_over ? "  MISSED" : "",
        lead(one, 0.01), lead(one, 0.1), lead(one, 0.5), lead(one, 0.9));
  }
  fmt::print("  healthy for {} h: {} false hand-overs, {:.2f} in 10 h, at most 1{}\n", office.hours,
             office.false_hand_overs, office.in_ten_hours(),
             office.in_ten_hours() > wanted_false ? "  MISSED" : "");
}

void print(const Crowd& crowd, const AdvancedBullyFlags& flags) {
  fmt::print(
      "{} nodes on {}: elected {:.2f} s after the start, {:.0f} messages, {:.0f} MiB; {:.1f} s of "
      "wall time, {:.1f} s of it CPU, at most {:.0f}{}; median of {}\n",
      flags.nodes, simgrid_is_built() ? "SimGrid" : "the loop", crowd.elected_s, crowd.delivered,
      crowd.mebibytes, crowd.wall, crowd.cpu, wanted_wall,
      crowd.wall > wanted_wall ? "  MISSED" : "", flags.runs);
}

int bench_advanced_bully(const AdvancedBullyFlags& flags) {
  Progress progress("bench", rooms_profiles + 1);
  const Crowd crowd = gather(flags.nodes, flags.runs);
  progress.done(1);
  std::vector<Office> offices;
  for (std::size_t profile = 0; profile < rooms_profiles; ++profile) {
    offices.push_back(watch(static_cast<RoomsProfile>(profile), flags));
    progress.done(profile + 2);
  }
  if (flags.json) {
    nlohmann::ordered_json out;
    for (const Office& office : offices)
      out[std::string(name_of(office.profile))] = json_of(office, flags.seeds);
    out["crowd"] = {{"nodes", flags.nodes},         {"simgrid", simgrid_is_built()},
                    {"wall_s", crowd.wall},         {"cpu_s", crowd.cpu},
                    {"elected_s", crowd.elected_s}, {"messages", crowd.delivered},
                    {"mib", crowd.mebibytes}};
    fmt::print("{}\n", out.dump());
    return exit_pass;
  }
  fmt::print("four rooms, latency {}; {} seeds of each ailment, leads are told up to {}\n",
             flags.latency, flags.seeds, to_text(longest_lead));
  for (const Office& office : offices) print(office, flags.seeds);
  print(crowd, flags);
  return exit_pass;
}

}  // namespace

Action add_bench_advanced_bully(CLI::App& bench) {
  auto* command = bench.add_subcommand(
      "advanced_bully",
      "The advanced Bully: hand-overs before a crash, false ones, a thousand nodes.");
  auto flags = std::make_shared<AdvancedBullyFlags>();
  const auto many = CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000});
  command->add_flag("--json", flags->json, "print one JSON object");
  command->add_option("--seeds", flags->seeds, "runs of each ailment")
      ->capture_default_str()
      ->check(many);
  command->add_option("--hours", flags->hours, "of healthy rooms, simulated")
      ->capture_default_str()
      ->check(many);
  command->add_option("--latency", flags->latency, "of healthy rooms, as in a scenario's network")
      ->capture_default_str();
  command->add_option("--nodes", flags->nodes, "of the large election")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{4}, std::uint64_t{10'000}));
  command->add_option("--runs", flags->runs, "of the large election; the median is told")
      ->capture_default_str()
      ->check(CLI::Range(1, 99));
  command->add_option("--jobs", flags->jobs, "processes")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  return [flags] { return bench_advanced_bully(*flags); };
}

}  // namespace lockstep::sim
