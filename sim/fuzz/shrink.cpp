#include "sim/fuzz/shrink.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sim/fuzz/owed.hpp"
#include "sim/fuzz/shrink_edits.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

constexpr std::uint64_t other_seeds = 5;  // 1 and up, tried where nothing helps any more

std::size_t list_size(const Json& scenario, const Json::json_pointer& place) {
  return scenario.contains(place) ? scenario.at(place).size() : 0;
}
const Json::json_pointer faults_at("/faults"), script_at("/workload/script");

std::uint64_t count_values(const Json& json) {
  if (!json.is_structured()) return 1;
  std::uint64_t count = 1;
  for (const Json& item : json) count += count_values(item);
  return count;
}

// Smaller is simpler, the first difference decides.
using Size = std::array<std::uint64_t, 5>;
Size size_of(const Json& scenario) {
  const Json load = scenario.value("workload", Json::object());
  const auto duration = parse_duration(scenario.value("duration", "10 s"));
  Json text = scenario;
  for (const char* key : {"title", "why", "seed", "duration"}) text.erase(key);
  return {makes_load(scenario) ? 1u : 0u,
          list_size(scenario, faults_at) + list_size(scenario, script_at) +
              scenario.value("nodes", 3u) + load.value("clients", 0u),
          count_values(text), static_cast<std::uint64_t>(duration.value_or(Duration(0)).ns()),
          text.dump().size()};
}

class Shrinker {
 public:
  Shrinker(Json scenario, const Trial& trial, bool recovery)
      : scenario_(std::move(scenario)), trial_(trial), recovery_(recovery) {}

  Json run() {
    if (recovery_) {
      Json claimed = scenario_;
      claim_what_is_owed(claimed);
      if (claims_what_is_owed(claimed) && trial_.first_same({claimed})) scenario_ = claimed;
    }
    do {
      seeds_ = 0;
      while (round()) {
      }
      // The large steps once more, with other seeds.
      seeds_ = other_seeds;
    } while (!trial_.expired() && leave_out());
    return std::move(scenario_);
  }

 private:
  bool round() {
    bool progress = leave_out();
    progress = accept(plainer_faults(scenario_)) || progress;
    progress = accept(plainer_script(scenario_)) || progress;
    progress = accept_all(rounder) || progress;
    return progress && !trial_.expired();
  }

  bool leave_out() {
    bool progress = cut_short();
    progress = reduce(faults_at) || progress;
    progress = script() || progress;
    progress = reduce(script_at) || progress;
    progress = accept_all(fewer_nodes) || progress;
    progress = accept_all(fewer_clients) || progress;
    progress = accept_all(fewer_keys) || progress;
    progress = reduce(faults_at) || progress;
    return progress;
  }

  // The first of the candidates that is simpler and goes wrong in the same way is taken.
  bool accept(Candidates candidates) {
    if (trial_.expired()) return false;
    if (recovery_) {
      std::for_each(candidates.begin(), candidates.end(), claim_what_is_owed);
      std::erase_if(candidates, [&](const Json& one) { return !claims_what_is_owed(one); });
    }
    const Size now = size_of(scenario_);
    std::erase_if(candidates, [&](const Json& one) { return size_of(one) >= now; });
    Candidates tried = seeds_ == 0 ? std::move(candidates) : with_other_seeds(candidates);
    if (tried.empty()) return false;
    const auto same = trial_.first_same(tried);
    if (!same) return false;
    scenario_ = std::move(tried[*same]);
    return true;
  }
  template <class Edit>
  bool accept_all(const Edit& edit) {
    bool progress = false;
    while (accept(edit(scenario_))) progress = true;
    return progress;
  }
  [[nodiscard]] Candidates with_other_seeds(const Candidates& candidates) const {
    Candidates out;
    for (const Json& candidate : candidates) {
      for (std::uint64_t seed = 1; seed <= seeds_; ++seed) {
        out.push_back(candidate);
        out.back()["seed"] = seed;
      }
    }
    return out;
  }

  // A list without its halves, quarters, … and single items.
  bool reduce(const Json::json_pointer& place) {
    bool progress = false;
    for (std::size_t chunk = std::max<std::size_t>(1, list_size(scenario_, place) / 2);;
         chunk /= 2) {
      while (accept(without_chunks(place, chunk))) progress = true;
      if (chunk <= 1) return progress;
    }
  }
  [[nodiscard]] Candidates without_chunks(const Json::json_pointer& place,
                                          std::size_t chunk) const {
    Candidates out;
    const std::size_t size = list_size(scenario_, place);
    // What comes last matters least.
    for (std::size_t end = size; end > 0; end -= std::min(end, chunk)) {
      const std::size_t begin = end - std::min(end, chunk);
      out.push_back(scenario_);
      Json& list = out.back()[place];
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(begin),
                 list.begin() + static_cast<std::ptrdiff_t>(end));
    }
    return out;
  }

  bool cut_short() {
    if (recovery_) return false;
    const auto seen = trial_.look(scenario_);
    return accept(shorter(scenario_, seen ? seen->broke : std::nullopt));
  }
  bool script() {
    if (size_of(scenario_)[0] == 0) return false;
    const auto seen = trial_.look(scenario_);
    const auto as_script = seen ? sim::scripted(scenario_, seen->history) : std::nullopt;
    return as_script && accept({*as_script});
  }

  // The bound that is owed, and a run just long enough for it.
  static void claim_what_is_owed(Json& scenario) {
    try {
      scenario["duration"] = "1000 h";
      const Scenario parsed = parse_scenario("shrunk", scenario.dump());
      const auto owed = owed_within(parsed);
      if (!owed) return;
      const Duration whole(owed->ns() / 1'000'000'000 * 1'000'000'000 + 1'000'000'000);
      scenario["expect"]["recovers_within"] = to_text(whole);
      Duration end = last_disturbance(parsed).since_start() + whole;
      if (parsed.expect.steady) end = end + whole;
      scenario["duration"] =
          to_text(Duration(end.ns() / 1'000'000'000 * 1'000'000'000 + 1'000'000'000));
    } catch (const ScenarioError&) {
      return;  // it is refused where it is tried
    }
  }

  Json scenario_;
  const Trial& trial_;
  const bool recovery_;
  std::uint64_t seeds_ = 0;
};

}  // namespace

bool claims_what_is_owed(const Json& scenario) {
  try {
    const Scenario parsed = parse_scenario("shrunk", scenario.dump());
    const auto& claimed = parsed.expect.recovers_within;
    if (!claimed) return true;
    const auto owed = owed_within(parsed);
    return owed && *owed <= *claimed;
  } catch (const ScenarioError&) {
    return false;
  }
}

Json shrink(Json scenario, const Trial& trial, bool recovery) {
  return Shrinker(std::move(scenario), trial, recovery).run();
}

Json stripped(Json scenario, const RunEnd& end) {
  for (const char* key : {"sweep", "until"}) scenario.erase(key);
  // A longer or shorter run is not a longer or shorter phase of faults.
  if (scenario.contains("faults")) {
    for (Json& fault : scenario["faults"]) {
      const Json duration = scenario.value("duration", "10 s");
      if (fault.contains("every") && !fault.contains("until")) fault["until"] = duration;
      if (fault.contains("random") && !fault["random"].contains("until"))
        fault["random"]["until"] = duration;
    }
  }
  Json expect = Json::object();
  const Json before = scenario.value("expect", Json::object());
  if (end.rule == "linearizability") expect["linearizable"] = true;
  // Nobody asks whether the history is linearizable where something else broke; asking takes time.
  if (end.kind == RunEnd::Kind::violated && end.rule != "linearizability" &&
      scenario.contains("workload"))
    expect["linearizable"] = false;
  const bool steady = end.rule == "steady leader" || end.rule == "follower left behind";
  if ((end.rule == "recovery" || steady) && before.contains("recovers_within"))
    expect["recovers_within"] = before["recovers_within"];
  if (steady) expect["steady"] = true;
  scenario.erase("expect");
  if (!expect.empty()) scenario["expect"] = expect;
  return scenario;
}

Json told(Json scenario, const RunEnd& end) {
  Json out = Json::object();
  out["format"] = 1;
  const bool rule = end.kind == RunEnd::Kind::violated;
  out["title"] = rule ? "Found by fuzzing: the rule \"" + end.rule + "\" breaks"
                      : "Found by fuzzing: a run that " + std::string(name_of(end.kind));
  out["why"] = end.text;
  for (const auto& [key, value] : scenario.items()) {
    if (key != "format" && key != "title" && key != "why" && key != "expect") out[key] = value;
  }
  Json expect = scenario.value("expect", Json::object());
  if (expect.value("linearizable", true) == false) expect.erase("linearizable");
  if (rule) expect["violates"] = end.rule;
  if (!expect.empty()) out["expect"] = expect;
  return out;
}

}  // namespace lockstep::sim
