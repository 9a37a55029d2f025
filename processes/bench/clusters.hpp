// Three servers on loopback, ours or etcd's, ended with the object.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "processes/child.hpp"
#include "processes/ports.hpp"

namespace lockstep::processes {

class BenchCluster {
 public:
  enum class Kind : std::uint8_t { lockstep, etcd };
  // Data and logs go below `folder`. Throws std::runtime_error with a sentence when it does not
  // come up.
  BenchCluster(Kind kind, std::string folder);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::uint16_t port(std::size_t place) const { return ports_[size + place]; }
  [[nodiscard]] std::string url(std::size_t place) const;
  // Which one leads; waits for one, at most ten seconds.
  [[nodiscard]] std::size_t leader() const;
  [[nodiscard]] pid_t process(std::size_t place) const { return children_[place]->id(); }
  void kill(std::size_t place) { children_[place]->kill(); }
  void start(std::size_t place);

  static constexpr std::size_t size = 3;

 private:
  Kind kind_;
  std::string folder_;
  Ports ports_;  // of peers, then of clients
  std::vector<std::unique_ptr<Child>> children_;
};

[[nodiscard]] bool etcd_is_installed();

// GET, or POST where there is a body. Empty when there was no 200 within a second.
[[nodiscard]] std::string fetch(std::uint16_t port, const std::string& target,
                                const std::string& body = {});

}  // namespace lockstep::processes
