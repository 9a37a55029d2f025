#include "sim/topology/topology.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/base/check.hpp"
#include "core/base/random.hpp"
#include "sim/topology/random_graphs.hpp"

namespace lockstep::sim {
namespace {

using Links = std::vector<Link>;

Links complete(std::uint32_t nodes) {
  Links links;
  for (std::uint32_t a = 0; a < nodes; ++a) {
    for (std::uint32_t b = a + 1; b < nodes; ++b) links.emplace_back(a, b);
  }
  return links;
}

Links ring(std::uint32_t nodes) {
  Links links;
  for (std::uint32_t n = 0; n < nodes; ++n) links.emplace_back(n, (n + 1) % nodes);
  return links;
}

Links grid(std::uint32_t nodes) {
  std::uint32_t width = 1;
  while (std::uint64_t{width} * width < nodes) ++width;
  Links links;
  for (std::uint32_t n = 0; n < nodes; ++n) {
    if ((n + 1) % width != 0 && n + 1 < nodes) links.emplace_back(n, n + 1);
    if (n + width < nodes) links.emplace_back(n, n + width);
  }
  return links;
}

Links tree(std::uint32_t nodes, std::uint32_t children) {
  Links links;
  for (std::uint32_t n = 1; n < nodes; ++n) links.emplace_back(n, (n - 1) / children);
  return links;
}

std::string bounds(const char* what, std::uint32_t value, std::uint32_t low, std::uint32_t high) {
  if (value >= low && value <= high) return {};
  return std::string(what) + " must be " + std::to_string(low) + " to " + std::to_string(high);
}

}  // namespace

const std::vector<std::string>& shape_names() {
  static const std::vector<std::string> names{
      "complete",        "ring",           "grid", "tree", "random_regular", "erdos_renyi",
      "barabasi_albert", "watts_strogatz", "file"};
  return names;
}

std::string refusal(const Topology& topology, std::uint32_t nodes) {
  const std::uint32_t most = nodes - 1;
  switch (topology.shape) {
    case Topology::Shape::complete:
      return nodes <= 10'000 ? "" : "a complete graph has 10000 nodes at most";
    case Topology::Shape::tree: return bounds("degree", topology.degree, 1, std::max(1u, most));
    case Topology::Shape::random_regular:
      if (std::uint64_t{topology.degree} * nodes % 2 != 0)
        return "degree or nodes must be even: every link has two ends";
      return bounds("degree", topology.degree, 1, most);
    case Topology::Shape::barabasi_albert: return bounds("degree", topology.degree, 1, most);
    case Topology::Shape::watts_strogatz:
      if (topology.degree % 2 != 0) return "degree must be even: as many on either side";
      return bounds("degree", topology.degree, 2, most);
    case Topology::Shape::file: return topology.path.empty() ? "path must name the file" : "";
    default: return {};
  }
}

Graph make_graph(const Topology& topology, std::uint32_t nodes, std::uint64_t seed) {
  Random random(seed);
  const auto links = [&]() -> Links {
    switch (topology.shape) {
      case Topology::Shape::complete: return complete(nodes);
      case Topology::Shape::ring: return ring(nodes);
      case Topology::Shape::grid: return grid(nodes);
      case Topology::Shape::tree: return tree(nodes, topology.degree);
      case Topology::Shape::random_regular: return random_regular(nodes, topology.degree, random);
      case Topology::Shape::erdos_renyi: return erdos_renyi(nodes, topology.chance, random);
      case Topology::Shape::barabasi_albert: return barabasi_albert(nodes, topology.degree, random);
      case Topology::Shape::watts_strogatz:
        return watts_strogatz(nodes, topology.degree, topology.chance, random);
      case Topology::Shape::file: break;
    }
    check(false, "a file is read, not made");
    return {};
  };
  return Graph(nodes, links());
}

std::optional<Graph> read_graph(const std::string& path, std::uint32_t nodes) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  Links links;
  for (std::string line; std::getline(file, line);) {
    std::istringstream numbers(line);
    std::uint32_t a = 0, b = 0;
    if (line.starts_with('#') || !(numbers >> a >> b)) continue;
    if (a >= nodes || b >= nodes) return std::nullopt;
    links.emplace_back(a, b);
  }
  return Graph(nodes, links);
}

}  // namespace lockstep::sim
