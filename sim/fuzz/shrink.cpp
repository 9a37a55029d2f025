#include "sim/fuzz/shrink.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sim/fuzz/shrink_care.hpp"
#include "sim/fuzz/shrink_edits.hpp"

namespace lockstep::sim {
namespace {

constexpr std::size_t most_paired = 10;   // faults or operations
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
using Size = std::array<std::uint64_t, 6>;
Size size_of(const Json& scenario) {
  const Json load = scenario.value("workload", Json::object());
  const auto duration = parse_duration(scenario.value("duration", "10 s"));
  Json text = scenario;
  for (const char* key : {"title", "why", "seed", "duration"}) text.erase(key);
  const std::string dumped = text.dump();
  return {makes_load(scenario) ? 1u : 0u,
          list_size(scenario, faults_at) + list_size(scenario, script_at) +
              scenario.value("nodes", 3u) + load.value("clients", 0u),
          count_values(text),
          static_cast<std::uint64_t>(duration.value_or(Duration(0)).ns()),
          dumped.size(),
          count_figures(dumped)};
}

// A list without its halves, quarters, … or single items; what comes last matters least.
Candidates without_chunks(const Json& scenario, const Json::json_pointer& place,
                          std::size_t chunk) {
  Candidates out;
  const std::size_t size = list_size(scenario, place);
  for (std::size_t end = size; end > 0; end -= std::min(end, chunk)) {
    const std::size_t begin = end - std::min(end, chunk);
    out.push_back(scenario);
    Json& list = out.back()[place];
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(begin),
               list.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return out;
}

// A short list without any two: one may be there only for the other.
Candidates without_pairs(const Json& scenario, const Json::json_pointer& place) {
  Candidates out;
  const std::size_t size = list_size(scenario, place);
  if (size > most_paired) return out;
  for (std::size_t later = size; later > 1; --later) {
    for (std::size_t earlier = later - 1; earlier > 0; --earlier) {
      out.push_back(scenario);
      out.back()[place].erase(later - 1);
      out.back()[place].erase(earlier - 1);
    }
  }
  return out;
}

void keep_simpler(Candidates& candidates, const Json& than, Care care) {
  for (Json& one : candidates) claim(one, care);
  std::erase_if(candidates, [&](const Json& one) { return !bears(one, care); });
  const Size most = size_of(than);
  std::erase_if(candidates, [&](const Json& one) { return size_of(one) >= most; });
}

class Shrinker {
 public:
  Shrinker(Json scenario, const Trial& trial, bool recovery)
      : scenario_(std::move(scenario)),
        trial_(trial),
        recovery_(recovery),
        care_(care_for(scenario_, recovery)) {}

  Json run() {
    Json claimed = scenario_;
    claim(claimed, care_);
    if (claimed != scenario_ && bears(claimed, care_) && trial_.first_same({claimed}))
      scenario_ = claimed;
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
    progress = accept(joined_faults(scenario_)) || progress;
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
    keep_simpler(candidates, scenario_, care_);
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

  bool reduce(const Json::json_pointer& place) {
    bool progress = false;
    for (std::size_t chunk = std::max<std::size_t>(1, list_size(scenario_, place) / 2);;
         chunk /= 2) {
      while (accept(without_chunks(scenario_, place, chunk))) progress = true;
      if (chunk <= 1) break;
    }
    while (accept(without_pairs(scenario_, place))) progress = true;
    return progress;
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

  Json scenario_;
  const Trial& trial_;
  const bool recovery_;
  const Care care_;
  std::uint64_t seeds_ = 0;
};

}  // namespace

Json shrink(Json scenario, const Trial& trial, bool recovery) {
  return Shrinker(std::move(scenario), trial, recovery).run();
}

std::vector<std::vector<Json>> simpler(const Json& scenario, const std::optional<Look>& seen,
                                       bool recovery) {
  std::vector<Candidates> steps;
  const Care care = care_for(scenario, recovery);
  const auto add = [&](Candidates some) {
    keep_simpler(some, scenario, care);
    steps.push_back(std::move(some));
  };
  const auto add_without = [&](const Json::json_pointer& place) {
    Candidates all;
    for (std::size_t chunk = (list_size(scenario, place) + 1) / 2; chunk > 0; chunk /= 2) {
      for (Json& one : without_chunks(scenario, place, chunk)) all.push_back(std::move(one));
    }
    for (Json& one : without_pairs(scenario, place)) all.push_back(std::move(one));
    add(std::move(all));
  };
  add(recovery ? Candidates() : shorter(scenario, seen ? seen->broke : std::nullopt));
  add_without(faults_at);
  const auto script = seen ? scripted(scenario, seen->history) : std::nullopt;
  add(script ? Candidates{*script} : Candidates());
  add_without(script_at);
  for (const auto& edit : {fewer_nodes, fewer_clients, fewer_keys, joined_faults, plainer_faults,
                           plainer_script, rounder})
    add(edit(scenario));
  return steps;
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
  if ((rests_on_recovery(end.rule) || steady) && before.contains("recovers_within"))
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
    const bool nothing = key == "faults" && value.empty();
    if (key != "format" && key != "title" && key != "why" && key != "expect" && !nothing)
      out[key] = value;
  }
  Json expect = scenario.value("expect", Json::object());
  if (expect.value("linearizable", true) == false) expect.erase("linearizable");
  if (rule) expect["violates"] = end.rule;
  if (!expect.empty()) out["expect"] = expect;
  return out;
}

}  // namespace lockstep::sim
