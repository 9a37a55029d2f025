// Which processes could still talk with one another while links were cut.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace lockstep::sim {

using RowLinks = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // directed, from row to row

// For each of the first `nodes` of `rows` processes the number of its group: two are in one group
// when a path of links between nodes that work in both directions joins them. The others, clients,
// belong to the one group all of whose links with them work, or to none, -1. Empty when all nodes
// are in one group, or when there are more than 512 rows and drawing groups is no help.
[[nodiscard]] std::vector<std::int64_t> groups_under_cut(std::uint32_t nodes, std::uint32_t rows,
                                                         const RowLinks& cut);

}  // namespace lockstep::sim
