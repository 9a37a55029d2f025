#include "sim/report/groups.hpp"

#include <cstddef>

namespace lockstep::sim {

namespace {

using Matrix = std::vector<std::vector<bool>>;

// The groups among the nodes; how many there are.
std::int64_t spread(std::uint32_t nodes, const Matrix& broken, std::vector<std::int64_t>& group) {
  std::int64_t count = 0;
  for (std::uint32_t first = 0; first < nodes; ++first) {
    if (group[first] >= 0) continue;
    std::vector<std::uint32_t> reached{first};
    group[first] = count;
    for (std::size_t i = 0; i < reached.size(); ++i) {
      for (std::uint32_t next = 0; next < nodes; ++next) {
        if (group[next] >= 0 || broken[reached[i]][next]) continue;
        group[next] = count;
        reached.push_back(next);
      }
    }
    ++count;
  }
  return count;
}

std::int64_t only_group(std::uint32_t client, std::uint32_t nodes, std::int64_t count,
                        const Matrix& broken, const std::vector<std::int64_t>& group) {
  std::vector<bool> whole(static_cast<std::size_t>(count), true);
  for (std::uint32_t node = 0; node < nodes; ++node)
    if (broken[client][node]) whole[static_cast<std::size_t>(group[node])] = false;
  std::int64_t found = -1;
  for (std::size_t g = 0; g < whole.size(); ++g) {
    if (!whole[g]) continue;
    if (found >= 0) return -1;
    found = static_cast<std::int64_t>(g);
  }
  return found;
}

}  // namespace

std::vector<std::int64_t> groups_under_cut(std::uint32_t nodes, std::uint32_t rows,
                                           const RowLinks& cut) {
  if (rows > 512 || cut.empty()) return {};
  Matrix broken(rows, std::vector<bool>(rows));
  for (const auto& [from, to] : cut) {
    if (from >= rows || to >= rows) continue;
    broken[from][to] = true;
    broken[to][from] = true;
  }
  std::vector<std::int64_t> group(rows, -1);
  const std::int64_t count = spread(nodes, broken, group);
  if (count < 2) return {};
  for (std::uint32_t client = nodes; client < rows; ++client)
    group[client] = only_group(client, nodes, count, broken, group);
  return group;
}

}  // namespace lockstep::sim
