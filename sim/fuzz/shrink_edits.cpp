#include "sim/fuzz/shrink_edits.hpp"

#include <algorithm>
#include <string>

#include "core/base/time.hpp"

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

// The others stay in their regions, where each has a place of its own.
void leave_place(Json& scenario, std::uint32_t number) {
  const Json::json_pointer at("/network/placement");
  if (!scenario.contains(at) || scenario[at].size() < scenario["nodes"].get<std::size_t>() + 1)
    return;
  if (scenario[at].size() > 1) scenario[at].erase(number - 1);
}

void remove(Json& scenario, const std::string& part, const std::string& key) {
  scenario[part].erase(key);
  if (scenario[part].empty()) scenario.erase(part);
}

// Less on the disks: without somebody's part, or the last entries of a log.
void add_shorter_past(const Json& scenario, Candidates& out) {
  const Json setup = scenario.value("setup", Json::object());
  for (const char* part : {"logs", "terms", "votes"}) {
    const Json members = setup.value(part, Json::object());
    for (const auto& [key, value] : members.items()) {
      out.push_back(scenario);
      out.back()["setup"][part].erase(key);
    }
  }
  const Json logs = setup.value("logs", Json::object());
  for (const auto& [owner, log] : logs.items()) {
    const std::string terms = log.get<std::string>();
    for (const std::size_t most : {terms.size() / 2, terms.size() - 1}) {
      const std::size_t end = terms.rfind(' ', most);
      if (end == std::string::npos || end == 0) continue;
      out.push_back(scenario);
      out.back()["setup"]["logs"][owner] = terms.substr(0, end);
    }
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
  leave_place(less, number);
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
       {"setup", "network", "disk", "config", "down", "budget", "until", "source", "sweep"}) {
    if (!scenario.contains(part)) continue;
    out.push_back(scenario);
    out.back().erase(part);
    if (!scenario[part].is_object()) continue;
    for (const auto& [key, value] : scenario[part].items()) {
      out.push_back(scenario);
      remove(out.back(), part, key);
      // Who is placed is placed in regions.
      if (key == "regions" && scenario[part].contains("placement"))
        remove(out.back(), part, "placement");
    }
  }
  for (std::size_t i = scenario.value("down", Json::array()).size(); i > 1; --i) {
    out.push_back(scenario);
    out.back()["down"].erase(i - 1);
  }
  add_shorter_past(scenario, out);
  const Json load = scenario.value("workload", Json::object());
  for (const auto& [key, value] : load.items()) {
    if (key == "clients" || key == "script") continue;
    out.push_back(scenario);
    out.back()["workload"].erase(key);
  }
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

}  // namespace lockstep::sim
