// Faults that are less involved.
#include <algorithm>
#include <string>

#include "core/base/time.hpp"
#include "sim/fuzz/shrink_edits.hpp"

namespace lockstep::sim {
namespace {

// At one of the instants in place of many.
void once(const Json& fault, Candidates& out) {
  const auto add = [&](const std::string& at) {
    Json single = Json::object();
    single["at"] = at;
    for (const auto& [key, value] : fault.items()) {
      if (key != "every" && key != "from" && key != "until" && key != "random") single[key] = value;
    }
    out.push_back(std::move(single));
  };
  if (fault.contains("every")) {
    const auto period = parse_duration(fault["every"].get<std::string>());
    const auto from = parse_duration(fault.value("from", fault["every"].get<std::string>()));
    if (!period || !from) return;
    for (std::int64_t k = 0; k < 6; ++k) add(to_text(*from + *period * k));
  }
  if (fault.contains("random")) {
    const Json& window = fault["random"];
    const auto from = parse_duration(window.value("from", "0 s"));
    const auto until = parse_duration(window.value("until", "0 s"));
    if (!from || !until || *until <= *from) return;
    for (std::int64_t eighth = 1; eighth < 8; ++eighth)
      add(to_text(*from + (*until - *from) * eighth / 8));
    const std::uint32_t times = window.value("times", 1u);
    if (times > 1) {
      out.push_back(fault);
      out.back()["random"]["times"] = times - 1;
    }
  }
}

// One target of a list alone, or without one of them.
void fewer_targets(const Json& fault, const Json::json_pointer& place, Candidates& out) {
  const Json& value = fault.at(place);
  if (!value.is_array() || value.empty()) return;
  if (value.size() > 1) {
    for (std::size_t i = value.size(); i > 0; --i) {
      out.push_back(fault);
      out.back()[place].erase(i - 1);
    }
  } else if (value[0].is_string()) {
    out.push_back(fault);
    out.back()[place] = value[0];
  }
}

void plainer_targets(const Json& fault, Candidates& out) {
  for (const auto& [action, value] : fault.items()) {
    const Json::json_pointer place("/" + action);
    if (action == "isolate" && value.is_object()) {
      out.push_back(fault);
      out.back()[action] = value["who"];
    }
    if (action == "partition") {
      if (value.size() > 2) fewer_targets(fault, place, out);
      for (std::size_t g = 0; g < value.size(); ++g) {
        if (value[g].size() > 1) fewer_targets(fault, place / g, out);
      }
    } else if (value.is_object()) {
      for (const char* key : {"who", "from", "to"}) {
        if (value.contains(key)) fewer_targets(fault, place / key, out);
      }
    } else {
      fewer_targets(fault, place, out);
    }
  }
}

}  // namespace

Candidates plainer_faults(const Json& scenario) {
  Candidates out;
  const Json faults = scenario.value("faults", Json::array());
  for (std::size_t i = 0; i < faults.size(); ++i) {
    Candidates plainer;
    once(faults[i], plainer);
    plainer_targets(faults[i], plainer);
    for (Json& fault : plainer) {
      out.push_back(scenario);
      out.back()["faults"][i] = std::move(fault);
    }
  }
  return out;
}

}  // namespace lockstep::sim
