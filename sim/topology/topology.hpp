// Topology: the shapes of networks that are studied, made from a seed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ratio.hpp"
#include "sim/topology/graph.hpp"

namespace lockstep::sim {

struct Topology {
  enum class Shape : std::uint8_t {
    complete,
    ring,
    grid,             // as square as it gets, row by row
    tree,             // every node but the leaves has `degree` children
    random_regular,   // every node has `degree` links
    erdos_renyi,      // every pair is linked with `chance` (Gilbert, 1959; Erdos, Renyi, 1959)
    barabasi_albert,  // each newcomer links to `degree` others, the likelier the more links they
                      // have (Barabasi, Albert, 1999)
    watts_strogatz,   // a ring where each is linked with the `degree` nearest, and of these links
                      // each is moved with `chance` (Watts, Strogatz, 1998)
    file              // a link a line
  };
  Shape shape = Shape::complete;
  std::uint32_t degree = 0;
  Ratio chance = {};
  std::string path = {};  // of the file
};
[[nodiscard]] const std::vector<std::string>& shape_names();  // in the order of Shape

// What is wrong with it for so many nodes, or nothing.
[[nodiscard]] std::string refusal(const Topology& topology, std::uint32_t nodes);

// REQUIRES: refusal() is empty; the shape is no file.
[[nodiscard]] Graph make_graph(const Topology& topology, std::uint32_t nodes, std::uint64_t seed);

// Links as "a b" a line, nodes counted from 0; lines with one number or from '#' on say nothing.
// Nothing where the file is not there, or speaks of other nodes.
[[nodiscard]] std::optional<Graph> read_graph(const std::string& path, std::uint32_t nodes);

}  // namespace lockstep::sim
