// Graph: who is linked with whom, for nodes 0..nodes-1; undirected, without loops, each link once.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace lockstep::sim {

using Link = std::pair<std::uint32_t, std::uint32_t>;

class Graph {
 public:
  Graph() = default;
  // Both directions of a link, links given twice, and loops may be among them.
  Graph(std::uint32_t nodes, const std::vector<Link>& links);

  [[nodiscard]] std::uint32_t nodes() const {
    return starts_.empty() ? 0 : static_cast<std::uint32_t>(starts_.size() - 1);
  }
  [[nodiscard]] std::uint64_t links() const { return ends_.size() / 2; }
  // Ascending.
  [[nodiscard]] std::span<const std::uint32_t> neighbours(std::uint32_t node) const {
    return {ends_.data() + starts_[node], ends_.data() + starts_[node + 1]};
  }
  [[nodiscard]] std::uint32_t degree(std::uint32_t node) const {
    return static_cast<std::uint32_t>(starts_[node + 1] - starts_[node]);
  }
  friend bool operator==(const Graph&, const Graph&) = default;

 private:
  std::vector<std::uint64_t> starts_;  // [node], and one more
  std::vector<std::uint32_t> ends_;
};

// What a flood without echo comes to when every link takes equally long, from its definition: plain
// breadth-first search. Naive on purpose: floods are compared with it.
struct Ball {
  std::vector<bool> reached;   // the centre among them
  std::uint64_t nodes = 0;     // reached
  std::uint64_t messages = 0;  // sent by the centre and by all reached before the last hop
  bool covers = false;         // all are reached before the last hop, so all pass it on
};
[[nodiscard]] Ball ball(const Graph& graph, std::uint32_t centre, std::uint32_t radius);

[[nodiscard]] bool is_connected(const Graph& graph);

}  // namespace lockstep::sim
