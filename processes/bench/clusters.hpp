// Three servers on loopback, ours or others', ended with the object.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "processes/bench/servers.hpp"
#include "processes/child.hpp"
#include "processes/ports.hpp"

namespace lockstep::processes {

class BenchCluster {
 public:
  // Data and logs go below `folder`. Throws std::runtime_error with a sentence when it does not
  // come up.
  BenchCluster(Kind kind, const std::string& folder);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::uint16_t port(std::size_t place) const { return layout_.clients.at(place); }
  // Which one leads; waits for one, at most thirty seconds: a JVM takes its time to start.
  [[nodiscard]] std::size_t leader() const;
  [[nodiscard]] pid_t process(std::size_t place) const { return children_[place]->id(); }
  void kill(std::size_t place) { children_[place]->kill(); }
  void start(std::size_t place);

  static constexpr std::size_t size = 3;

 private:
  Kind kind_;
  Ports ports_;
  Layout layout_;
  std::vector<std::unique_ptr<Child>> children_;
};

}  // namespace lockstep::processes
