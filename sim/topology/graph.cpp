#include "sim/topology/graph.hpp"

#include <algorithm>

namespace lockstep::sim {

// Counted, placed, sorted node by node: less memory than a sort of all links.
Graph::Graph(std::uint32_t nodes, const std::vector<Link>& links) : starts_(nodes + 1) {
  for (const auto& [a, b] : links) {
    if (a == b) continue;
    ++starts_[a + 1];
    ++starts_[b + 1];
  }
  for (std::uint32_t n = 0; n < nodes; ++n) starts_[n + 1] += starts_[n];
  ends_.resize(starts_[nodes]);
  std::vector<std::uint64_t> next(starts_.begin(), starts_.end() - 1);
  for (const auto& [a, b] : links) {
    if (a == b) continue;
    ends_[next[a]++] = b;
    ends_[next[b]++] = a;
  }
  std::uint64_t kept = 0;
  for (std::uint32_t n = 0; n < nodes; ++n) {
    const auto from = ends_.begin() + static_cast<std::ptrdiff_t>(starts_[n]);
    auto to = ends_.begin() + static_cast<std::ptrdiff_t>(starts_[n + 1]);
    std::sort(from, to);
    to = std::unique(from, to);
    starts_[n] = kept;
    std::copy(from, to, ends_.begin() + static_cast<std::ptrdiff_t>(kept));
    kept += static_cast<std::uint64_t>(to - from);
  }
  starts_[nodes] = kept;
  ends_.resize(kept);
}

Ball ball(const Graph& graph, std::uint32_t centre, std::uint32_t radius) {
  Ball found;
  found.reached.resize(graph.nodes());
  found.reached[centre] = true;
  found.nodes = 1;
  std::vector<std::uint32_t> edge{centre}, beyond;
  for (std::uint32_t hop = 0; hop < radius && !edge.empty(); ++hop) {
    found.covers = found.nodes == graph.nodes();
    beyond.clear();
    for (const std::uint32_t node : edge) {
      found.messages += graph.degree(node) - (node == centre ? 0 : 1);
      for (const std::uint32_t next : graph.neighbours(node)) {
        if (found.reached[next]) continue;
        found.reached[next] = true;
        ++found.nodes;
        beyond.push_back(next);
      }
    }
    edge.swap(beyond);
  }
  return found;
}

bool is_connected(const Graph& graph) {
  return graph.nodes() == 0 || ball(graph, 0, graph.nodes()).nodes == graph.nodes();
}

}  // namespace lockstep::sim
