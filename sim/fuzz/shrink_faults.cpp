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

// Who is drawn, or everybody, as one node. A role says more than a number.
void named_targets(const Json& fault, const Json::json_pointer& place, std::uint32_t nodes,
                   Candidates& out) {
  const Json& value = fault.at(place);
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) named_targets(fault, place / i, nodes, out);
    return;
  }
  if (!value.is_string()) return;
  const auto& text = value.get_ref<const std::string&>();
  const auto drawn = {"random", "any", "majority", "minority", "rest", "all"};
  if (std::find(drawn.begin(), drawn.end(), text) == drawn.end()) return;
  for (std::uint32_t n = 1; n <= std::min(nodes, 5u); ++n) {
    out.push_back(fault);
    out.back()[place] = "n" + std::to_string(n);
  }
}

void plainer_targets(const Json& fault, const Json::json_pointer& place, std::uint32_t nodes,
                     Candidates& out) {
  fewer_targets(fault, place, out);
  named_targets(fault, place, nodes, out);
}

// The key of what happens, beside those that say when.
std::string action_of(const Json& fault) {
  for (const auto& [key, value] : fault.items()) {
    const auto when = {"at", "every", "from", "until", "random", "for"};
    if (std::find(when.begin(), when.end(), key) == when.end()) return key;
  }
  return "";
}

// {"who": "n1"} as "n1", where nothing else is said.
void unwrap(Json& fault, const std::string& action) {
  Json& value = fault[action];
  if (!value.is_object() || value.size() != 1) return;
  const Json only = value.begin().value();
  const std::string key = value.begin().key();
  if (key == "who" || key == "ratio" || key == "by") value = only;
}

// Without one of the things that it may leave unsaid.
void without_options(const Json& fault, const std::string& action, Candidates& out) {
  for (const char* key : {"for", "from", "until"}) {
    if (!fault.contains(key)) continue;
    out.push_back(fault);
    out.back().erase(key);
  }
  if (!fault[action].is_object()) return;
  out.push_back(fault);
  unwrap(out.back(), action);
  const bool needs_ends = action == "cut" || action == "clog" || action == "slow_link";
  for (const auto& [key, value] : fault[action].items()) {
    const auto needed = {"who", "ratio", "by", "bandwidth", "latency", "does"};
    if (std::find(needed.begin(), needed.end(), key) != needed.end()) continue;
    if (needs_ends || (action == "clock" && fault[action].size() == 2)) continue;
    out.push_back(fault);
    out.back()[action].erase(key);
    unwrap(out.back(), action);
    // A jump is done at once.
    if (key == "drift") out.back().erase("for");
  }
}

// An adversary with fewer strategies, and each of them about more messages and receivers.
void plainer_treason(const Json& fault, std::uint32_t nodes, Candidates& out) {
  const Json::json_pointer list("/traitor/does");
  const Json& does = fault.at(list);
  for (std::size_t i = does.size(); does.size() > 1 && i > 0; --i) {
    out.push_back(fault);
    out.back()[list].erase(i - 1);
  }
  for (std::size_t i = 0; i < does.size(); ++i) {
    const std::string kind = does[i].begin().key();
    const Json::json_pointer place = list / i / kind;
    const Json& told = fault.at(place);
    for (const char* key : {"to", "message", "ratio", "field"}) {
      const bool needed = std::string(key) == "field" && !told.contains("as");
      if (!told.contains(key) || needed) continue;
      out.push_back(fault);
      out.back()[place].erase(key);
      if (std::string(key) != "field") continue;
      for (const char* amount : {"set", "add"}) out.back()[place].erase(amount);
    }
    if (told.contains("field") && told.contains("as") && kind == "lie") {
      out.push_back(fault);
      out.back()[place].erase("as");
    }
    if (told.contains("to")) plainer_targets(fault, place / "to", nodes, out);
  }
}

void plainer_action(const Json& fault, std::uint32_t nodes, Candidates& out) {
  const std::string action = action_of(fault);
  if (action.empty()) return;
  const Json::json_pointer place("/" + action);
  const Json& value = fault[action];
  without_options(fault, action, out);
  if (action == "traitor") plainer_treason(fault, nodes, out);
  if (action == "partition") {
    if (value.size() > 2) fewer_targets(fault, place, out);
    for (std::size_t g = 0; g < value.size(); ++g) {
      if (value[g].size() > 1) fewer_targets(fault, place / g, out);
      named_targets(fault, place / g, nodes, out);
    }
  } else if (value.is_object()) {
    for (const char* key : {"who", "from", "to", "second"}) {
      if (value.contains(key)) plainer_targets(fault, place / key, nodes, out);
    }
  } else if (action != "heal" && action != "restart" && action != "resume") {
    plainer_targets(fault, place, nodes, out);
  }
}

}  // namespace

Candidates plainer_faults(const Json& scenario) {
  Candidates out;
  const Json faults = scenario.value("faults", Json::array());
  const std::uint32_t nodes = scenario.value("nodes", 3u);
  for (std::size_t i = 0; i < faults.size(); ++i) {
    Candidates plainer;
    once(faults[i], plainer);
    plainer_action(faults[i], nodes, plainer);
    for (Json& fault : plainer) {
      out.push_back(scenario);
      out.back()["faults"][i] = std::move(fault);
    }
  }
  return out;
}

}  // namespace lockstep::sim
