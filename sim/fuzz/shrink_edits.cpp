#include "sim/fuzz/shrink_edits.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "core/base/time.hpp"
#include "sim/scenario/units.hpp"

namespace lockstep::sim {
namespace {

// "n3" as 3, "c3" as 3 where the letter is 'c'; 0 when it is not of that form.
std::uint32_t number_of(const Json& name, char letter) {
  if (!name.is_string()) return 0;
  const std::string& text = name.get_ref<const std::string&>();
  if (text.size() < 2 || text.size() > 8 || text[0] != letter ||
      text.find_first_not_of("0123456789", 1) != std::string::npos)
    return 0;
  return static_cast<std::uint32_t>(std::stoul(text.substr(1)));
}

// A name after `number` is gone; nothing when it is that one's own.
std::optional<Json> renamed(const Json& name, char letter, std::uint32_t number) {
  const std::uint32_t its = number_of(name, letter);
  if (its == 0 || its < number) return name;
  if (its == number) return std::nullopt;
  return Json(std::string(1, letter) + std::to_string(its - 1));
}

// Names in values, at any depth. False when what is left names nobody: a list that has become
// empty, or an object one of whose values has.
bool rename_in(Json& value, char letter, std::uint32_t number) {
  if (value.is_string()) {
    const auto name = renamed(value, letter, number);
    if (name) value = *name;
    return name.has_value();
  }
  if (value.is_object()) {
    for (auto& [key, member] : value.items()) {
      if (!rename_in(member, letter, number)) return false;
    }
    return true;
  }
  if (!value.is_array()) return true;
  const bool had_any = !value.empty();
  Json kept = Json::array();
  for (Json item : value) {
    if (rename_in(item, letter, number)) kept.push_back(std::move(item));
  }
  value = std::move(kept);
  return !had_any || !value.empty();
}

void rename_in_faults(Json& scenario, char letter, std::uint32_t number) {
  if (!scenario.contains("faults")) return;
  Json kept = Json::array();
  for (Json fault : scenario["faults"]) {
    if (!rename_in(fault, letter, number)) continue;
    // A partition of one group is none.
    if (fault.contains("partition") && fault["partition"].size() < 2) continue;
    kept.push_back(std::move(fault));
  }
  scenario["faults"] = std::move(kept);
}

void rename_in_setup(Json& scenario, std::uint32_t number) {
  if (!scenario.contains("setup")) return;
  for (auto& [part, members] : scenario["setup"].items()) {
    Json kept = Json::object();
    for (auto& [name, value] : members.items()) {
      const auto owner = renamed(Json(name), 'n', number);
      const auto about = part == "votes" ? renamed(value, 'n', number) : std::optional<Json>(value);
      if (owner && about) kept[owner->get<std::string>()] = *about;
    }
    members = std::move(kept);
  }
}

void remove(Json& scenario, const std::string& part, const std::string& key) {
  scenario[part].erase(key);
  if (scenario[part].empty()) scenario.erase(part);
}

std::string duration_text(std::int64_t ns) { return to_text(Duration(ns)); }

// The value of a duration with fewer digits, the fewest first.
std::vector<std::string> rounder_durations(const std::string& text) {
  std::vector<std::string> rounder;
  const auto duration = parse_duration(text);
  if (!duration) return rounder;
  for (std::int64_t grain = 10'000'000'000; grain >= 1'000; grain /= 10) {
    for (const std::int64_t half : {grain, grain / 2}) {
      const std::int64_t down = duration->ns() / half * half;
      for (const std::int64_t ns : {down, down + half}) {
        if (ns > 0 && duration_text(ns).size() < text.size()) rounder.push_back(duration_text(ns));
      }
    }
  }
  rounder.erase(std::unique(rounder.begin(), rounder.end()), rounder.end());
  return rounder;
}

std::vector<std::string> rounder_texts(const std::string& text) {
  std::vector<std::string> rounder = rounder_durations(text);
  if (!rounder.empty()) return rounder;
  if (const auto latency = parse_latency(text); latency && latency->low > Duration(0)) {
    for (const std::int64_t ns : {latency->low.ns(), latency->high.ns()}) {
      const std::string constant = duration_text(ns);
      rounder.push_back(constant);
      for (const auto& rounded : rounder_durations(constant)) rounder.push_back(rounded);
    }
  } else if (const auto range = parse_range(text)) {
    for (const auto& low : rounder_durations(duration_text(range->low.ns())))
      rounder.push_back(low + ".." + duration_text(range->high.ns()));
    for (const auto& high : rounder_durations(duration_text(range->high.ns())))
      rounder.push_back(duration_text(range->low.ns()) + ".." + high);
  }
  return rounder;
}

// A copy of the scenario for each rounder value of each text below `place`.
void add_rounder(const Json& scenario, const Json::json_pointer& place, Candidates& out) {
  const Json& value = scenario.at(place);
  if (value.is_structured()) {
    for (const auto& [key, member] : value.items()) add_rounder(scenario, place / key, out);
    return;
  }
  if (!value.is_string()) return;
  for (const std::string& text : rounder_texts(value.get_ref<const std::string&>())) {
    out.push_back(scenario);
    out.back()[place] = text;
  }
}

// What would strike or be asked after the end is not part of it.
void end_list(Json& scenario, const char* list, Duration end) {
  const Json::json_pointer place(list);
  if (!scenario.contains(place)) return;
  const auto before_end = [&](const Json& item, const char* key) {
    const auto at = parse_duration(item.value(key, "0 s"));
    return at && *at < end;
  };
  Json kept = Json::array();
  for (Json item : scenario[place]) {
    if (!before_end(item, "at") || !before_end(item, "from")) continue;
    if (item.contains("until") && !before_end(item, "until")) item["until"] = to_text(end);
    if (item.contains("random")) {
      Json& window = item["random"];
      if (!before_end(window, "from")) continue;
      if (window.contains("until") && !before_end(window, "until")) window["until"] = to_text(end);
    }
    kept.push_back(std::move(item));
  }
  scenario[place] = std::move(kept);
}

}  // namespace

Json without_node(const Json& scenario, std::uint32_t number) {
  Json less = scenario;
  less["nodes"] = scenario.value("nodes", 3u) - 1;
  if (less.contains("down")) {
    (void)rename_in(less["down"], 'n', number);
    if (less["down"].empty()) less.erase("down");
  }
  rename_in_faults(less, 'n', number);
  rename_in_setup(less, number);
  return less;
}

Json without_client(const Json& scenario, std::uint32_t number) {
  Json less = scenario;
  Json& load = less["workload"];
  const std::uint32_t clients = load["clients"].get<std::uint32_t>();
  load["clients"] = clients - 1;
  rename_in_faults(less, 'c', number);
  if (!load.contains("script")) return less;
  Json kept = Json::array();
  for (Json line : load["script"]) {
    const auto client = renamed(line["client"], 'c', number);
    // Another one asks in its place.
    line["client"] = client ? *client : Json("c" + std::to_string(number == 1 ? 1 : number - 1));
    kept.push_back(std::move(line));
  }
  load["script"] = std::move(kept);
  return less;
}

bool makes_load(const Json& scenario) {
  const Json load = scenario.value("workload", Json::object());
  if (load.empty()) return false;
  return load.contains("rate") || load.contains("think") || load.contains("operations") ||
         load.value("script", Json::array()).empty();
}

Candidates fewer_nodes(const Json& scenario) {
  Candidates out;
  const std::uint32_t nodes = scenario.value("nodes", 3u);
  for (const std::uint32_t few : {1u, 2u, 3u, 5u}) {
    if (few + 1 >= nodes) continue;
    Json less = scenario;
    for (std::uint32_t n = nodes; n > few; --n) less = without_node(less, n);
    out.push_back(std::move(less));
  }
  for (std::uint32_t n = nodes; nodes > 1 && n > 0; --n) out.push_back(without_node(scenario, n));
  return out;
}

Candidates fewer_clients(const Json& scenario) {
  Candidates out;
  if (!scenario.contains("workload")) return out;
  const std::uint32_t clients = scenario["workload"]["clients"].get<std::uint32_t>();
  Json none = scenario;
  none.erase("workload");
  for (std::uint32_t c = clients; c > 0; --c) rename_in_faults(none, 'c', c);
  if (!scenario.value("expect", Json::object()).contains("linearizable")) out.push_back(none);
  Json one = scenario;
  for (std::uint32_t c = clients; c > 1; --c) one = without_client(one, c);
  if (clients > 2) out.push_back(one);
  for (std::uint32_t c = clients; clients > 1 && c > 0; --c)
    out.push_back(without_client(scenario, c));
  return out;
}

Candidates fewer_keys(const Json& scenario) {
  Candidates out;
  for (const char* part :
       {"setup", "network", "disk", "config", "down", "until", "source", "sweep"}) {
    if (!scenario.contains(part)) continue;
    out.push_back(scenario);
    out.back().erase(part);
    if (!scenario[part].is_object()) continue;
    for (const auto& [key, value] : scenario[part].items()) {
      out.push_back(scenario);
      remove(out.back(), part, key);
    }
  }
  for (const char* part : {"logs", "terms", "votes"}) {
    const auto members = scenario.value("setup", Json::object()).value(part, Json::object());
    for (const auto& [key, value] : members.items()) {
      out.push_back(scenario);
      out.back()["setup"][part].erase(key);
    }
  }
  const Json load = scenario.value("workload", Json::object());
  for (const auto& [key, value] : load.items()) {
    if (key == "clients" || key == "script") continue;
    out.push_back(scenario);
    out.back()["workload"].erase(key);
  }
  return out;
}

std::optional<Json> scripted(const Json& scenario, const std::vector<HistoryOperation>& history) {
  if (!makes_load(scenario) || history.empty() || history.size() > 3000) return std::nullopt;
  Json script = Json::array();
  for (const HistoryOperation& operation : history) {
    if (operation.reason == "never sent") continue;
    Json line = Json::object();
    line["at"] = to_text(operation.invoked);
    line["client"] = "c" + std::to_string(operation.client.value() - client_base);
    if (operation.verb == "get" || operation.verb == "delete") {
      line[operation.verb] = operation.key;
    } else if (operation.verb == "cas") {
      const Json expected = operation.expected ? Json(*operation.expected) : Json();
      line["cas"] = {{operation.key, Json::array({expected, operation.value})}};
    } else {
      line[operation.verb] = {{operation.key, operation.value}};
    }
    script.push_back(std::move(line));
  }
  Json out = scenario;
  for (const char* key :
       {"rate", "think", "operations", "keys", "value_bytes", "mix", "start", "stop"})
    out["workload"].erase(key);
  out["workload"]["script"] = std::move(script);
  return out;
}

Candidates plainer_script(const Json& scenario) {
  Candidates out;
  if (!scenario.value("workload", Json::object()).contains("script")) return out;
  Json plain = scenario;
  std::map<std::string, std::string> keys, values;
  const auto key_of = [&](const std::string& key) {
    static constexpr const char* names[] = {"x", "y", "z"};
    const std::size_t count = keys.size();
    return keys.try_emplace(key, count < 3 ? names[count] : "k" + std::to_string(count + 1))
        .first->second;
  };
  const auto value_of = [&](const std::string& value) {
    return values.try_emplace(value, std::to_string(values.size() + 1)).first->second;
  };
  for (Json& line : plain["workload"]["script"]) {
    for (auto& [verb, argument] : line.items()) {
      if (verb == "get" || verb == "delete") {
        argument = key_of(argument.get<std::string>());
      } else if (argument.is_object()) {
        const std::string key = argument.begin().key();
        Json value = argument.begin().value();
        if (value.is_array()) {
          for (Json& one : value) {
            if (one.is_string()) one = value_of(one.get<std::string>());
          }
        } else {
          value = value_of(value.get<std::string>());
        }
        argument = {{key_of(key), value}};
      }
    }
  }
  out.push_back(std::move(plain));
  return out;
}

Candidates shorter(const Json& scenario, const std::optional<Instant>& broke) {
  Candidates out;
  const auto before = parse_duration(scenario.value("duration", "10 s"));
  if (!before) return out;
  const auto add = [&](Duration duration) {
    if (duration <= Duration(0) || duration >= *before) return;
    out.push_back(scenario);
    out.back()["duration"] = to_text(duration);
    for (const char* list : {"/faults", "/workload/script"}) end_list(out.back(), list, duration);
  };
  if (broke) {
    for (const std::int64_t grain : {1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 1})
      add(Duration((broke->ns() / grain + 1) * grain));
  }
  for (const std::int64_t eighths : {1, 2, 4, 6, 7}) {
    const std::int64_t part = before->ns() * eighths / 8;
    std::int64_t grain = 1'000'000'000;
    while (grain > 1 && grain * 10 > part) grain /= 10;
    add(Duration((part + grain - 1) / grain * grain));
  }
  return out;
}

Candidates rounder(const Json& scenario) {
  Candidates out;
  for (const char* part : {"faults", "workload", "network", "disk", "config"}) {
    if (scenario.contains(part))
      add_rounder(scenario, Json::json_pointer("/" + std::string(part)), out);
  }
  return out;
}

}  // namespace lockstep::sim
