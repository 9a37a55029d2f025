// What clients ask for, as a script, and plainer.
#include <map>
#include <string>

#include "core/base/time.hpp"
#include "sim/fuzz/shrink_edits.hpp"

namespace lockstep::sim {
namespace {

// What changes a key as a put, where few operations are left: one alone, and all of them.
void add_plain_puts(const Json& scenario, Candidates& out) {
  const Json& script = scenario["workload"]["script"];
  if (script.size() > 20) return;
  Json all = scenario;
  for (std::size_t i = 0; i < script.size(); ++i) {
    for (const char* verb : {"append", "cas"}) {
      if (!script[i].contains(verb)) continue;
      const auto changed = script[i][verb].begin();
      Json line = script[i];
      line.erase(verb);
      line["put"] = {{changed.key(), changed->is_array() ? changed->at(1) : *changed}};
      all["workload"]["script"][i] = line;
      out.push_back(scenario);
      out.back()["workload"]["script"][i] = std::move(line);
    }
  }
  out.push_back(std::move(all));
}

}  // namespace

bool makes_load(const Json& scenario) {
  const Json load = scenario.value("workload", Json::object());
  if (load.empty()) return false;
  return load.contains("rate") || load.contains("think") || load.contains("operations") ||
         load.value("script", Json::array()).empty();
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
    } else if (operation.verb == "post") {
      line["post"] = operation.value;
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
  add_plain_puts(scenario, out);
  return out;
}

}  // namespace lockstep::sim
