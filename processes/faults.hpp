// Faults: a scenario's faults, with the rules of sim/world/world_faults.ipp: whom they hit is
// decided when they strike, cuts add up and end on their own, and the end of a fault undoes what
// that fault still holds.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.hpp"
#include "sim/faults/links.hpp"
#include "sim/faults/targets.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::processes {

[[nodiscard]] std::uint64_t permille(Ratio ratio);

// What faults act on. Nodes by place, from 0.
class Powers {
 public:
  virtual ~Powers() = default;
  [[nodiscard]] virtual std::vector<sim::NodeView> views() = 0;
  [[nodiscard]] virtual bool is_up(std::uint32_t node) = 0;
  [[nodiscard]] virtual bool is_paused(std::uint32_t node) = 0;
  virtual void crash(std::uint32_t node) = 0;
  virtual void launch(std::uint32_t node) = 0;
  virtual void pause(std::uint32_t node) = 0;
  virtual void resume(std::uint32_t node) = 0;
  virtual void order(std::uint32_t node, const std::string& verb) = 0;
  virtual void measure(std::uint32_t node, const sim::Measure& found) = 0;
  // Each write takes so much longer.
  virtual void slow_disk(std::uint32_t node, Duration latency) = 0;
  // Cuts and delays are others. `calm`: loss and duplication are over for good.
  virtual void links_changed(bool calm) = 0;
  virtual void disturbed() = 0;  // recovery is owed from here on
  virtual void tell(sim::TracedFault fault) = 0;
  [[nodiscard]] virtual Instant now() = 0;
  virtual void at(Instant when, std::function<void()> what) = 0;
};

class Faults {
 public:
  Faults(const sim::Scenario& scenario, sim::Endpoints endpoints, Powers& powers);

  [[nodiscard]] const sim::Links& links() const { return links_; }
  [[nodiscard]] const std::set<std::string>& witnesses() const { return witnesses_; }

  void strike(std::size_t fault);

 private:
  struct Held {  // the strike that holds it so; 0: none
    std::uint64_t down_by = 0, paused_by = 0, slow_by = 0;
  };
  struct End {
    std::size_t fault;
    std::uint64_t strike;  // of a link, its rule
    sim::EndpointSet who;
  };

  void apply(std::size_t fault, const std::vector<sim::EndpointSet>& sets);
  void end(const End& end);
  void link(const char* kind, const std::string& text, const sim::EndpointSet& who = {});
  [[nodiscard]] sim::EndpointSet still_held(const End& end, std::uint64_t Held::*by) const;
  sim::EndpointSet crash(const sim::EndpointSet& who);
  void restart(const sim::EndpointSet& who);
  sim::EndpointSet pause(const sim::EndpointSet& who);
  void resume(const sim::EndpointSet& who);
  void slow_disk(const sim::EndpointSet& who, Duration latency);
  void quicken(const sim::EndpointSet& who);
  void heal();
  void tell(const char* kind, const std::string& text, const sim::EndpointSet& who);
  [[nodiscard]] bool is_node(std::uint32_t endpoint) const { return endpoint < endpoints_.nodes; }

  const sim::Scenario& scenario_;
  sim::Endpoints endpoints_;
  Powers& powers_;
  Random random_;
  sim::Links links_;
  std::vector<Held> held_;
  std::uint64_t strikes_ = 0;
  std::set<std::string> witnesses_;
};

}  // namespace lockstep::processes
