// Several faults as one.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/base/time.hpp"
#include "sim/fuzz/shrink_edits.hpp"

namespace lockstep::sim {
namespace {

constexpr std::size_t most_joined = 40;  // of longer lists things are left out first

// What strikes once and does not end by itself; nothing where it is otherwise.
std::optional<Duration> strikes_for_good_at(const Json& fault) {
  if (!fault.contains("at") || fault.contains("for")) return std::nullopt;
  return parse_duration(fault["at"].get<std::string>());
}

bool undoes(const Json& remedy, const Json& fault) {
  const auto is_one = [&](std::initializer_list<const char*> keys) {
    return std::any_of(keys.begin(), keys.end(), [&](const char* k) { return fault.contains(k); });
  };
  if (remedy.contains("restart")) return is_one({"crash", "wipe", "fail_sync"});
  if (remedy.contains("resume")) return is_one({"pause"});
  return is_one({"partition", "cut", "isolate", "clog", "lose", "duplicate", "corrupt", "reorder",
                 "delay", "slow_link", "throttle", "slow_disk", "stall_disk", "full_disk"});
}

// Without what undoes faults; those before it last until then.
void ends_as_for(const Json& scenario, std::size_t index, Candidates& out) {
  const Json& remedy = scenario["faults"][index];
  if (!remedy.contains("heal") && !remedy.contains("restart") && !remedy.contains("resume")) return;
  const auto end = strikes_for_good_at(remedy);
  if (!end) return;
  Json joined = scenario;
  for (Json& fault : joined["faults"]) {
    const auto at = strikes_for_good_at(fault);
    if (at && *at < *end && undoes(remedy, fault)) fault["for"] = to_text(*end - *at);
  }
  joined["faults"].erase(index);
  out.push_back(std::move(joined));
}

bool same_but(const Json& a, const Json& b, const std::string& action) {
  if (!a.contains(action) || !b.contains(action)) return false;
  Json without_a = a, without_b = b;
  without_a.erase(action);
  without_b.erase(action);
  return without_a == without_b;
}

Json as_list(const Json& targets) { return targets.is_array() ? targets : Json::array({targets}); }

// Two one-way cuts that are both ways of one.
std::optional<Json> both_ways(const Json& one, const Json& other) {
  if (!same_but(one, other, "cut")) return std::nullopt;
  const Json &way = one["cut"], &back = other["cut"];
  if (way["from"] != back["to"] || way["to"] != back["from"]) return std::nullopt;
  Json joined = one;
  joined.erase("cut");
  joined["partition"] = Json::array({as_list(way["from"]), as_list(way["to"])});
  return joined;
}

// In and out.
std::optional<Json> isolated_both_ways(const Json& one, const Json& other) {
  if (!same_but(one, other, "isolate")) return std::nullopt;
  const Json &way = one["isolate"], &back = other["isolate"];
  if (!way.is_object() || !back.is_object() || way["who"] != back["who"]) return std::nullopt;
  Json joined = one;
  joined["isolate"] = way["who"];
  return joined;
}

// All whom the one and the other hit at the same instant.
std::optional<Json> hit_together(const Json& one, const Json& other) {
  for (const char* action :
       {"crash", "wipe", "pause", "restart", "resume", "isolate", "swizzle", "flip", "misdirect",
        "fail_sync", "stall_disk", "full_disk", "campaign", "start_election"}) {
    if (!same_but(one, other, action)) continue;
    if (one[action].is_object() || other[action].is_object()) return std::nullopt;
    Json joined = one;
    joined[action] = as_list(one[action]);
    for (const Json& target : as_list(other[action])) joined[action].push_back(target);
    return joined;
  }
  return std::nullopt;
}

}  // namespace

Candidates joined_faults(const Json& scenario) {
  Candidates out;
  const Json faults = scenario.value("faults", Json::array());
  for (std::size_t i = 0; i < faults.size(); ++i) ends_as_for(scenario, i, out);
  for (std::size_t i = 0; i < std::min(faults.size(), most_joined); ++i) {
    for (std::size_t k = i + 1; k < std::min(faults.size(), most_joined); ++k) {
      auto joined = both_ways(faults[i], faults[k]);
      if (!joined) joined = isolated_both_ways(faults[i], faults[k]);
      if (!joined) joined = hit_together(faults[i], faults[k]);
      if (!joined) continue;
      out.push_back(scenario);
      out.back()["faults"][i] = std::move(*joined);
      out.back()["faults"].erase(k);
    }
  }
  return out;
}

}  // namespace lockstep::sim
