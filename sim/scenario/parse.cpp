#include "sim/scenario/parse.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "sim/scenario/parse_parts.hpp"
#include "sim/scenario/suggest.hpp"

namespace lockstep::sim {
namespace {

constexpr std::uint32_t most_nodes = 1'000'000;
constexpr std::uint32_t most_clients = 100'000;
constexpr std::size_t most_points = 4096;
constexpr std::size_t most_sweep_values = 20'000'000;  // points times values of the document

const ProtocolFormat& read_protocol(Reader& top, const std::vector<ProtocolFormat>& formats) {
  std::vector<std::string> names;
  for (const ProtocolFormat& format : formats) names.push_back(format.name);
  return formats[top.need("protocol").choice(names)];
}

std::vector<NodeId> read_down(const std::optional<Value>& value, std::uint32_t nodes) {
  std::vector<NodeId> down;
  std::set<NodeId> seen;
  if (!value) return down;
  for (const Value& item : value->items()) {
    const NodeId node = read_node(item, nodes);
    if (!seen.insert(node).second)
      item.fail("n" + std::to_string(node.value()) + " is named twice; name it once");
    down.push_back(node);
  }
  return down;
}

Until read_until(Reader reader, const ProtocolFormat& format) {
  Until until;
  if (const auto value = reader.take("leader_stable_for")) {
    until.leader_stable_for = value->positive_duration();
    const auto has = [&](const char* role) {
      return std::find(format.roles.begin(), format.roles.end(), role) != format.roles.end();
    };
    if (!has("leader") && !has("coordinator"))
      value->fail("the protocol " + format.name + " has no leader; leave the key out");
  }
  if (const auto value = reader.take("recovered_for"))
    until.recovered_for = value->positive_duration();
  reader.finish();
  return until;
}

// Faults and workload name clients, so their number is read ahead of both.
std::uint32_t peek_clients(Reader& top) {
  Reader workload = top.object("workload");
  const auto clients = workload.take("clients");
  return clients ? static_cast<std::uint32_t>(clients->integer(0, most_clients)) : 0;
}

void read_protocol_parts(Reader& top, const ProtocolFormat& format, Scenario& scenario) {
  Reader config = top.object("config");
  format.read_config(config, scenario.nodes);
  scenario.config = config.value().json().dump();
  Reader setup = top.object("setup");
  format.read_setup(setup, scenario.nodes);
  scenario.setup = setup.value().json().dump();
}

Scenario read_scenario(const Document& document, const std::vector<ProtocolFormat>& formats) {
  Reader top(document);
  Scenario scenario;
  scenario.file = document.name();
  const Value version = top.need("format");
  if (version.integer(0, std::numeric_limits<std::uint32_t>::max()) != 1)
    version.fail("format " + version.json().dump() + " is not known; write 1");
  const ProtocolFormat& format = read_protocol(top, formats);
  scenario.protocol = format.name;
  scenario.title = top.need("title").string();
  scenario.why = top.string("why", "");
  scenario.source = top.string("source", "");
  scenario.nodes = static_cast<std::uint32_t>(top.integer("nodes", scenario.nodes, 1, most_nodes));
  scenario.down = read_down(top.take("down"), scenario.nodes);
  scenario.seed = top.integer("seed", scenario.seed, 0, std::numeric_limits<std::uint64_t>::max());
  scenario.duration = top.positive_duration("duration", scenario.duration);
  scenario.until = read_until(top.object("until"), format);

  ParseContext context{format, scenario.nodes, peek_clients(top), scenario.duration};
  scenario.network = read_network(top.object("network"), context);
  context.network = &scenario.network;
  scenario.disk = read_disk(top.object("disk"));
  read_protocol_parts(top, format, scenario);
  scenario.workload = read_workload(top.object("workload"), context);
  scenario.spare_majority = top.choice("budget", {"none", "majority"}, 0) == 1;
  if (const auto faults = top.take("faults")) scenario.faults = read_faults(*faults, context);
  scenario.expect = read_expect(top.object("expect"), context);
  scenario.sweep = read_sweep(top.object("sweep"));
  top.finish();
  scenario.effective = document.json().dump(2);
  return scenario;
}

std::size_t count_values(const Marks& marks) {
  std::size_t count = 1;
  for (const Marks& child : marks.children) count += count_values(child);
  return count;
}

void set_all(Document& document, const Overrides& overrides) {
  for (const auto& [path, value] : overrides) document.set(path, value);
}

std::string describe(const Overrides& point) {
  std::string text;
  for (const auto& [path, value] : point) text += (text.empty() ? "" : ", ") + path + " = " + value;
  return text;
}

// Every point of the sweep must be a scenario; an error names the point it is at.
void check_points(const Document& document, const Scenario& scenario,
                  const std::vector<ProtocolFormat>& formats) {
  if (scenario.sweep.axes.empty()) return;
  Reader top(document);
  const Value where = top.need("sweep");
  std::size_t count = 1;
  for (const SweepAxis& axis : scenario.sweep.axes) {
    count *= axis.values.size();
    if (count > most_points)
      where.fail("more than " + std::to_string(most_points) + " points; split the sweep");
  }
  if (count * count_values(document.marks()) > most_sweep_values)
    where.fail("too many points for so large a scenario; split the sweep");
  Document base = document;
  base.erase("sweep");
  for (const Overrides& point : sweep_points(scenario.sweep)) {
    try {
      Document at_point = base;
      set_all(at_point, point);
      (void)read_scenario(at_point, formats);
    } catch (const ScenarioError& error) {
      where.fail("at the point " + describe(point) + ": " + error.what());
    }
  }
}

Scenario read_whole(Document document, const Overrides& overrides,
                    const std::vector<ProtocolFormat>& formats) {
  set_all(document, overrides);
  Scenario scenario = read_scenario(document, formats);
  check_points(document, scenario, formats);
  return scenario;
}

}  // namespace

Overrides overrides_from(const std::string& file, const std::vector<std::string>& settings,
                         const std::optional<std::uint64_t>& seed) {
  Overrides overrides;
  for (const std::string& setting : settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw ScenarioError(file, {}, "--set " + setting,
                          "a setting is path=value, as in config.heartbeat=\"20 ms\"");
    }
    overrides.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  if (seed) overrides.emplace_back("seed", std::to_string(*seed));
  return overrides;
}

Scenario load_scenario(const std::string& path, const Overrides& overrides,
                       const std::vector<ProtocolFormat>& formats) {
  return read_whole(Document::load(path), overrides, formats);
}

Scenario parse_scenario(const std::string& name, std::string_view text, const Overrides& overrides,
                        const std::vector<ProtocolFormat>& formats) {
  return read_whole(Document::from_text(name, text), overrides, formats);
}

std::vector<Overrides> sweep_points(const Sweep& sweep) {
  std::vector<Overrides> points{Overrides{}};
  for (const SweepAxis& axis : sweep.axes) {
    std::vector<Overrides> longer;
    for (const Overrides& point : points) {
      for (const std::string& value : axis.values) {
        longer.push_back(point);
        longer.back().emplace_back(axis.path, value);
      }
    }
    points = std::move(longer);
  }
  return points;
}

Scenario scenario_at(const Scenario& scenario, const Overrides& point,
                     const std::vector<ProtocolFormat>& formats) {
  Document document = Document::from_text(scenario.file, scenario.effective);
  document.erase("sweep");
  set_all(document, point);
  return read_scenario(document, formats);
}

}  // namespace lockstep::sim
