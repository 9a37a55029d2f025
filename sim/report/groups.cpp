#include "sim/report/groups.hpp"

#include <cstddef>

namespace lockstep::sim {

std::vector<std::int64_t> groups_under_cut(std::uint32_t rows, const RowLinks& cut) {
  if (rows > 512) return {};
  std::vector<std::vector<bool>> broken(rows, std::vector<bool>(rows));
  for (const auto& [from, to] : cut) {
    if (from >= rows || to >= rows) continue;
    broken[from][to] = true;
    broken[to][from] = true;
  }
  std::vector<std::int64_t> group(rows, -1);
  std::int64_t count = 0;
  for (std::uint32_t first = 0; first < rows; ++first) {
    if (group[first] >= 0) continue;
    std::vector<std::uint32_t> reached{first};
    group[first] = count;
    for (std::size_t i = 0; i < reached.size(); ++i) {
      for (std::uint32_t next = 0; next < rows; ++next) {
        if (group[next] >= 0 || broken[reached[i]][next]) continue;
        group[next] = count;
        reached.push_back(next);
      }
    }
    ++count;
  }
  return count > 1 ? group : std::vector<std::int64_t>{};
}

}  // namespace lockstep::sim
