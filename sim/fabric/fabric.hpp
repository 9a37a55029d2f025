// The fabric moves time and carries bytes; the world decides everything else. Two implementations,
// one interface: the loop (a plain loop over the agenda) and SimGrid (platform, clock, and flows
// that share bandwidth).
//
// Int64 nanoseconds are the truth in both. The agenda is the world's; the fabric adds to it only
// when a flow ends.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "sim/fabric/agenda.hpp"

namespace lockstep::sim {

struct Scenario;

// What a message meets between two endpoints when it is alone on the way.
struct Route {
  Duration latency;             // one way
  std::uint64_t bandwidth = 0;  // bits per second; 0: unlimited
};

// The time `bytes` need at `bandwidth` bits a second, rounded up to a nanosecond; 0 where bandwidth
// is unlimited.
[[nodiscard]] Duration transmission_time(std::uint64_t bytes, std::uint64_t bandwidth);

// The endpoints of a scenario in one numbering: nodes 0..nodes-1, then clients.
struct Endpoints {
  std::uint32_t nodes = 0;
  std::uint32_t clients = 0;
  [[nodiscard]] std::uint32_t size() const { return nodes + clients; }
  [[nodiscard]] std::uint32_t index(NodeId id) const {
    return is_client(id) ? nodes + (id.value() - client_base - 1) : id.value() - 1;
  }
  [[nodiscard]] NodeId id(std::uint32_t index) const {
    return index < nodes ? NodeId(index + 1) : NodeId(client_base + 1 + (index - nodes));
  }
};

// What the fabric calls: the next due instant, and "that instant has come".
class Stepper {
 public:
  virtual ~Stepper() = default;
  [[nodiscard]] virtual bool finished() const = 0;
  virtual Agenda& agenda() = 0;
  virtual void perform() = 0;  // takes the first of the agenda and does it
};

class Fabric {
 public:
  virtual ~Fabric() = default;
  // The route from one endpoint to another one, by index; the same answer every time but for what
  // throttles take of its bandwidth.
  [[nodiscard]] virtual Route route(std::uint32_t from, std::uint32_t to) = 0;
  // Adds `slot` to the running agenda, due `late` after a flow of `bytes` from `from`, starting at
  // `now`, has arrived at `to`.
  virtual void start_flow(Instant now, std::uint32_t from, std::uint32_t to, std::uint64_t bytes,
                          Duration late, Slot slot) = 0;
  // Gives the endpoint's own link, in and out, this bandwidth at most, in bits a second; 0: its own
  // again. Not on a platform file.
  virtual void throttle(std::uint32_t endpoint, std::uint64_t bandwidth) = 0;
  // Performs what is due, in order, until the stepper has finished. Once per fabric.
  virtual void run(Stepper& stepper) = 0;
};

// Latencies only: flows take latency plus bytes over bandwidth and do not disturb one another.
[[nodiscard]] std::unique_ptr<Fabric> make_loop_fabric(const Scenario& scenario);
// One per process: SimGrid's engine is a singleton. Throws ScenarioError where the platform file
// does not serve.
[[nodiscard]] std::unique_ptr<Fabric> make_simgrid_fabric(const Scenario& scenario);

}  // namespace lockstep::sim
