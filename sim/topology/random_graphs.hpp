// Graphs that are drawn; sim/topology/topology.hpp says what each is.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/random.hpp"
#include "sim/topology/graph.hpp"

namespace lockstep::sim {

// REQUIRES: degree < nodes, degree * nodes is even.
[[nodiscard]] std::vector<Link> random_regular(std::uint32_t nodes, std::uint32_t degree,
                                               Random& random);
[[nodiscard]] std::vector<Link> erdos_renyi(std::uint32_t nodes, Ratio chance, Random& random);
// REQUIRES: 1 <= degree < nodes.
[[nodiscard]] std::vector<Link> barabasi_albert(std::uint32_t nodes, std::uint32_t degree,
                                                Random& random);
// REQUIRES: degree is even, 2 <= degree < nodes.
[[nodiscard]] std::vector<Link> watts_strogatz(std::uint32_t nodes, std::uint32_t degree,
                                               Ratio chance, Random& random);

}  // namespace lockstep::sim
