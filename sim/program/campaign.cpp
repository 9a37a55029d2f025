#include "sim/program/campaign.hpp"

#include <unistd.h>

#include <cstdlib>
#include <map>

#include "core/base/random.hpp"
#include "sim/program/crew.hpp"
#include "sim/program/execute.hpp"
#include "sim/program/interrupts.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

using Clock = std::chrono::steady_clock;

Json answer_of(const Outcome& outcome) {
  const RunEnd end = end_of(outcome);
  Json struck = Json::array();
  for (const Struck& s : outcome.struck) struck.push_back({s.kind, s.role, s.phase, s.times});
  Json answer{{"end", static_cast<int>(end.kind)},
              {"digest", outcome.digest},
              {"steps", outcome.steps},
              {"delivered", outcome.delivered},
              {"ended_ns", outcome.ended.ns()},
              {"struck", struck},
              {"witnesses", outcome.witnesses}};
  if (end.kind != RunEnd::Kind::passed) {
    answer["rule"] = end.rule;
    answer["text"] = end.text;
    answer["fingerprint"] = end.fingerprint;
  }
  return answer;
}

std::string perform(const CampaignPlan& plan, std::uint64_t seed) {
  if (plan.dies == seed) std::abort();
  if (plan.hangs == seed) {
    for (;;) pause();
  }
  const std::string name = "seed-" + std::to_string(seed);
  const Scenario scenario = parse_scenario(name, drawn_scenario(plan, seed).dump());
  RunOptions options;
  options.keep_history = false;
  options.search_steps = campaign_search_steps;
  return answer_of(execute(scenario, FabricKind::loop, options)).dump();
}

RunEnd end_from(const CrewAnswer& answer, const Json& told) {
  switch (answer.kind) {
    case CrewAnswer::Kind::failed: return failed_end(answer.text);
    case CrewAnswer::Kind::died: return died_end(answer.signal);
    case CrewAnswer::Kind::hung: return hung_end();
    case CrewAnswer::Kind::answered: break;
  }
  RunEnd end;
  end.kind = static_cast<RunEnd::Kind>(told.at("end").get<int>());
  if (end.kind == RunEnd::Kind::passed) return end;
  end.rule = told.at("rule").get<std::string>();
  end.text = told.at("text").get<std::string>();
  end.fingerprint = told.at("fingerprint").get<std::string>();
  return end;
}

class Campaign {
 public:
  Campaign(const CampaignPlan& plan, const CampaignEvents& events)
      : plan_(plan),
        events_(events),
        result_(plan.protocol),
        crew_([&plan](const std::string& task) { return perform(plan, std::stoull(task)); },
              plan.jobs, plan.patience),
        next_(plan.first) {}

  CampaignResult run() {
    for (;;) {
      while (crew_.open() < crew_.wanted() && more()) give({next_++, std::nullopt});
      if (crew_.open() == 0) break;
      if (const auto answer = crew_.take(std::chrono::milliseconds(200))) take(*answer);
      result_.interrupted = NotesInterrupts::came();
      result_.wall_seconds = seconds_since_start();
      if (result_.interrupted) break;
      if (events_.tick) events_.tick(result_);
    }
    return std::move(result_);
  }

 private:
  struct Run {
    std::uint64_t seed;
    std::optional<std::uint64_t> digest;  // of its first time, when this is its second
  };

  [[nodiscard]] double seconds_since_start() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }
  [[nodiscard]] bool more() {
    ended_ = ended_ || result_.findings >= plan_.most_findings ||
             (plan_.time && Clock::now() - start_ >= *plan_.time) ||
             (result_.last_seed && *result_.last_seed == plan_.last);
    if (!ended_) result_.last_seed = next_;
    return !ended_;
  }
  void give(const Run& run) {
    runs_.emplace(++numbers_, run);
    crew_.give(numbers_, std::to_string(run.seed));
  }
  // The same seeds whatever else is run.
  [[nodiscard]] bool is_run_twice(std::uint64_t seed) const {
    return mix_seed(seed, 0x7477) % 100 < plan_.twice_percent;
  }
  void report(std::uint64_t seed, RunEnd end) {
    ++result_.findings;
    if (events_.found) events_.found({seed, std::move(end), seconds_since_start()});
  }

  void take(const CrewAnswer& answer) {
    const Run run = runs_.at(answer.number);
    runs_.erase(answer.number);
    const bool answered = answer.kind == CrewAnswer::Kind::answered;
    const Json told = answered ? Json::parse(answer.text) : Json();
    const RunEnd end = end_from(answer, told);
    if (run.digest) return take_second(run, answered, told);
    ++result_.runs;
    if (answered) add(told);
    if (end.kind == RunEnd::Kind::undecided) {
      ++result_.undecided;
      if (!result_.first_undecided) {
        result_.first_undecided = run.seed;
        result_.undecided_text = end.text;
      }
    }
    if (end.finding()) report(run.seed, end);
    if (answered && is_run_twice(run.seed))
      give({run.seed, told.at("digest").get<std::uint64_t>()});
  }

  void take_second(const Run& run, bool answered, const Json& told) {
    ++result_.twice;
    if (answered && told.at("digest") == *run.digest) return;
    RunEnd end;
    end.kind = RunEnd::Kind::differs;
    end.rule = end.fingerprint = "digest";
    end.text = answered ? "a second run has another digest" : "a second run did not end";
    report(run.seed, std::move(end));
  }

  void add(const Json& told) {
    result_.simulated_seconds += told.at("ended_ns").get<double>() / 1e9;
    result_.messages += told.at("delivered").get<double>();
    result_.steps += told.at("steps").get<double>();
    std::vector<Struck> struck;
    for (const Json& s : told.at("struck")) {
      struck.push_back({s[0].get<std::string>(), s[1].get<std::string>(), s[2].get<std::string>(),
                        s[3].get<std::uint64_t>()});
    }
    result_.coverage.add(struck, told.at("witnesses").get<std::vector<std::string>>());
  }

  const CampaignPlan& plan_;
  const CampaignEvents& events_;
  CampaignResult result_;
  NotesInterrupts notes_;
  Crew crew_;
  Clock::time_point start_ = Clock::now();
  std::uint64_t next_;
  std::uint64_t numbers_ = 0;
  bool ended_ = false;
  std::map<std::uint64_t, Run> runs_;  // by number, those that are open
};

}  // namespace

Json drawn_scenario(const CampaignPlan& plan, std::uint64_t seed) {
  return plan.base ? draw_around(*plan.base, seed, plan.budget)
                   : draw_scenario(plan.protocol, seed, plan.budget);
}

CampaignResult run_campaign(const CampaignPlan& plan, const CampaignEvents& events) {
  return Campaign(plan, events).run();
}

}  // namespace lockstep::sim
