// Scenarios that break a rule, and what is left of them.
#include <chrono>
#include <map>

#include "property_tests/models/scenarios.hpp"
#include "sim/fuzz/shrink.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::properties {

using sim::Json;
using sim::RunEnd;

namespace {

constexpr std::chrono::seconds longest_finish{20};

sim::Outcome run_text(const std::string& text) {
  sim::RunOptions options;
  options.search_steps = 300'000;
  return run(sim::parse_scenario("drawn", text), options);
}

// From the first scenario that breaks a rule on, what is shrunk must break it in the same way.
class Shrinking {
 public:
  explicit Shrinking(const ScenarioProperty& property) : property_(property) {}

  void property(const std::string& text) {
    if (!first_) return look_for(text);
    const auto end = same_end(text);
    if (!end) return;
    end_ = *end;
    note(text);
    throw Broken(end->rule + ": " + end->text);
  }

  std::vector<std::string> simpler(const std::string& text) {
    const sim::Look look = seen_in(text);
    const Json scenario = Json::parse(text);
    const auto steps = sim::simpler(scenario, look, sim::rests_on_recovery(first_->rule));
    // What has just helped is tried again before what has just failed.
    const auto last = sort_of_.find(text);
    const std::size_t begin = last == sort_of_.end() ? 0 : last->second;
    std::vector<std::string> out;
    sort_of_.clear();
    // What is drawn claims more than what breaks.
    const std::string bare = stripped(scenario, *first_).dump();
    if (text == first_text_ && bare != text) out.push_back(bare);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::size_t sort = (begin + i) % steps.size();
      for (const Json& one : steps[sort]) {
        out.push_back(one.dump());
        sort_of_.emplace(out.back(), sort);
      }
    }
    return out;
  }

  // What rapidcheck has no step for: the same with other seeds.
  Json finish(const std::string& text) {
    const auto begun = std::chrono::steady_clock::now();
    const sim::Trial trial{
        [this](const std::vector<Json>& candidates) -> std::optional<std::size_t> {
          for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (same_end(candidates[i].dump())) return i;
          }
          return std::nullopt;
        },
        [this](const Json& scenario) { return std::optional(seen_in(scenario.dump())); },
        [=] { return std::chrono::steady_clock::now() - begun > longest_finish; }};
    const Json small = sim::shrink(Json::parse(text), trial, sim::rests_on_recovery(first_->rule));
    end_ = same_end(small.dump()).value_or(end_);
    return small;
  }
  [[nodiscard]] const RunEnd& end() const { return end_; }

 private:
  void look_for(const std::string& text) {
    const sim::Outcome outcome = run_text(text);
    if (property_.seen) property_.seen(outcome);
    const RunEnd end = end_of(outcome);
    if (end.kind == RunEnd::Kind::passed) return;
    remember(text, end);
    note(text);
    throw Broken(end.rule + ": " + end.text);
  }

  sim::Look seen_in(const std::string& text) {
    const sim::Outcome outcome = run_text(text);
    // Nothing has broken yet where rapidcheck repeats a case that it shrunk before.
    if (!first_) remember(text, end_of(outcome));
    sim::Look look{outcome.history, std::nullopt};
    for (const sim::Violation& violation : outcome.violations) {
      if (violation.rule == first_->rule && !look.broke) look.broke = violation.at;
    }
    return look;
  }

  void remember(const std::string& text, const RunEnd& end) {
    first_text_ = text;
    first_ = end_ = end;
  }

  [[nodiscard]] std::optional<RunEnd> same_end(const std::string& text) const {
    try {
      for (const RunEnd& end : ends_of(run_text(text))) {
        if (end.fingerprint == first_->fingerprint) return end;
      }
    } catch (const sim::ScenarioError&) {
      // A step too bold: it is no scenario any more.
    }
    return std::nullopt;
  }

  const ScenarioProperty& property_;
  std::map<std::string, std::size_t> sort_of_;  // of the steps given last
  std::string first_text_;
  std::optional<RunEnd> first_;
  RunEnd end_;
};

}  // namespace

std::optional<SmallScenario> breaks_a_rule(const ScenarioProperty& property, const Effort& effort) {
  Shrinking shrinking(property);
  const auto broken = broken_text({[&](Choices& choices) { return property.draw(choices).dump(); },
                                   [&](const std::string& text) { return shrinking.simpler(text); },
                                   [&](const std::string& text) { shrinking.property(text); }},
                                  effort);
  if (!broken) return std::nullopt;
  const Json small = shrinking.finish(broken->value);
  return SmallScenario{told(small, shrinking.end()), shrinking.end(), broken->report};
}

}  // namespace lockstep::properties
