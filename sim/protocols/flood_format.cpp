#include "sim/protocols/flood_format.hpp"

#include <algorithm>
#include <utility>

#include "core/base/random.hpp"
#include "core/flood/messages.hpp"
#include "core/flood/names.hpp"
#include "sim/faults/described.hpp"
#include "sim/protocols/flood_keys.hpp"
#include "sim/scenario/document.hpp"
#include "sim/world/purpose.hpp"

namespace lockstep::sim {
namespace {

constexpr std::uint64_t most_shared = std::uint64_t{64} << 20;  // bytes of one file in a simulation

NodeId read_peer(const Value& value, std::uint32_t nodes) {
  const std::string name = value.string();
  for (std::uint32_t n = 1; n <= nodes && name.size() > 1 && name[0] == 'n'; ++n) {
    if (name.compare(1, std::string::npos, std::to_string(n)) == 0) return NodeId(n);
  }
  value.fail("wants a node, n1 to n" + std::to_string(nodes));
}

Topology read_topology(Reader topology, std::uint32_t nodes) {
  Topology read;
  read.shape = static_cast<Topology::Shape>(topology.choice("shape", shape_names(), 0));
  read.degree = static_cast<std::uint32_t>(topology.integer("degree", 0, 0, 1'000'000));
  read.chance = topology.ratio("chance", read.chance);
  read.path = topology.string("path", "");
  topology.finish();
  if (const std::string why = refusal(read, nodes); !why.empty()) topology.fail(why);
  return read;
}

Mischief read_mischief(Reader& rogue) {
  Mischief mischief;
  mischief.false_hits = rogue.boolean("false_hits", false);
  mischief.bad_chunks = rogue.boolean("bad_chunks", false);
  mischief.ignores_ttl = rogue.boolean("ignores_ttl", false);
  mischief.storm = static_cast<std::uint32_t>(rogue.integer("storm", 0, 0, 10'000));
  return mischief;
}

FloodSettings read_settings(Reader& config, std::uint32_t nodes) {
  FloodSettings settings;
  settings.topology = read_topology(config.object("topology"), nodes);
  read_flood_keys(config, settings.machine);
  if (const auto rogues = config.take("rogues")) {
    for (const Value& item : rogues->items()) {
      Reader rogue = item.object();
      const NodeId node = read_peer(rogue.need("node"), nodes);
      settings.rogues.emplace_back(node, read_mischief(rogue));
      rogue.finish();
    }
  }
  config.finish();
  return settings;
}

std::string read_title(Reader& reader, const std::string& key) {
  const Value value = reader.need(key);
  std::string title = value.string();
  if (const auto why = flood::refusal_of_name(title); !why.empty()) value.fail(std::string(why));
  return title;
}

FloodFile read_file(Reader file, std::uint32_t nodes) {
  FloodFile read;
  read.title = read_title(file, "name");
  read.size = file.size("size", 1024);
  if (read.size > most_shared) file.fail("size", "at most 64 MiB in a simulation");
  const Value on = file.need("on");
  for (const Value& node : on.items()) read.on.push_back(read_peer(node, nodes));
  file.finish();
  return read;
}

flood::Request read_search(Reader& order) {
  flood::Search search;
  search.text = order.need("search").string();
  if (search.text.empty() || search.text.size() > flood::longest_text)
    order.fail("search", "a query has 1 to 128 bytes");
  search.by = static_cast<flood::By>(order.choice("by", {"name", "words"}, 0));
  search.strategy =
      static_cast<flood::Strategy>(order.choice("strategy", {"flood", "ring", "walkers"}, 0));
  search.ttl = static_cast<std::uint8_t>(order.integer("ttl", 0, 1, 255));
  search.permille = static_cast<std::uint16_t>(order.integer("permille", 1000, 1, 1000));
  search.everywhere = order.boolean("everywhere", false);
  return search;
}

FloodOrder read_order(Reader order, std::uint32_t nodes) {
  FloodOrder read;
  read.at = Instant() + order.duration("at", Duration(0));
  read.node = read_peer(order.need("node"), nodes);
  if (order.has("search")) {
    read.request = read_search(order);
  } else if (order.has("fetch")) {
    read.request = flood::Fetch{read_title(order, "fetch")};
  } else {
    read.request = flood::Unshare{read_title(order, "unshare")};
  }
  order.finish();
  return read;
}

FloodSetup read_setup(Reader& setup, std::uint32_t nodes) {
  FloodSetup read;
  if (const auto files = setup.take("files")) {
    for (const Value& file : files->items()) read.files.push_back(read_file(file.object(), nodes));
  }
  if (const auto orders = setup.take("orders")) {
    for (const Value& order : orders->items())
      read.orders.push_back(read_order(order.object(), nodes));
  }
  setup.finish();
  std::stable_sort(read.orders.begin(), read.orders.end(),
                   [](const FloodOrder& a, const FloodOrder& b) { return a.at < b.at; });
  return read;
}

}  // namespace

FloodSettings flood_settings(const Scenario& scenario) {
  const Document document = Document::from_text(scenario.file, scenario.config);
  Reader config(document);
  return read_settings(config, scenario.nodes);
}

FloodSetup flood_setup(const Scenario& scenario) {
  const Document document = Document::from_text(scenario.file, scenario.setup);
  Reader setup(document);
  return read_setup(setup, scenario.nodes);
}

Graph flood_graph(const Scenario& scenario, const Topology& topology) {
  if (topology.shape != Topology::Shape::file) {
    return make_graph(topology, scenario.nodes,
                      mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::topology)));
  }
  auto graph = read_graph(topology.path, scenario.nodes);
  if (!graph) {
    throw ScenarioError(scenario.file, {}, "config.topology.path",
                        topology.path + " cannot be read, or has nodes beyond " +
                            std::to_string(scenario.nodes) + "; they count from 0");
  }
  return std::move(*graph);
}

std::string content_of(const FloodFile& file, std::uint64_t seed) {
  Digest name;
  name.bytes(file.title);
  Random random(mix_seed(seed, static_cast<std::uint64_t>(Purpose::files), name.value()));
  std::string content(file.size, '\0');
  for (std::size_t at = 0; at < content.size(); at += 8) {
    const std::uint64_t word = random.next();
    for (std::size_t i = 0; i < 8 && at + i < content.size(); ++i)
      content[at + i] = static_cast<char>(word >> (8 * i));
  }
  return content;
}

ProtocolFormat flood_format() {
  return ProtocolFormat{
      .name = "flood",
      .read_config = [](Reader& config,
                        std::uint32_t nodes) { (void)read_settings(config, nodes); },
      .read_setup = [](Reader& setup, std::uint32_t nodes) { (void)read_setup(setup, nodes); },
      .has_clients = false,
      .has_records = true,
      .roles = {},
      .verbs = {"log_out", "log_in"},
      .messages = message_names<flood::Message>(),
      .fields = field_paths<flood::Message>(),
      .operations = {},
      .witnesses = with_those_of_the_world(
          {"query_covered_all", "query_repeated", "found_here", "found_elsewhere",
           "found_at_several", "found_nothing", "neighbour_lost", "neighbour_returned",
           "query_dropped", "several_sources", "source_dropped", "false_chunk", "false_manifest",
           "resumed", "fetched"},
          true),
      .rules = {"passed on twice", "echoed", "ttl not counted down", "reach", "flood miscounted",
                "hit without file", "hit off the way", "hit lost", "stormed through",
                "file differs", "kept before durable", "kept twice", "index differs from disk",
                "search unanswered", "fetch failed", "recovery", "internal check"}};
}

}  // namespace lockstep::sim
