// Ports: loopback ports that belong to this run until it ends.
//
// Each is kept by a bound socket that never listens, with SO_REUSEADDR: a node that sets the same
// may listen there again and again, and no other program, nor a connection of the nodes themselves,
// is given the port while its node is down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep::processes {

class Ports {
 public:
  // Throws std::runtime_error with a sentence when there are none.
  explicit Ports(std::size_t count);
  ~Ports();
  Ports(const Ports&) = delete;
  Ports& operator=(const Ports&) = delete;

  [[nodiscard]] std::uint16_t operator[](std::size_t place) const { return ports_.at(place); }

 private:
  std::vector<int> sockets_;
  std::vector<std::uint16_t> ports_;
};

}  // namespace lockstep::processes
