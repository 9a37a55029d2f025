// Causes: which event happened before which, by vector clocks (Fidge 1988; Mattern 1989) that
// travel beside the messages of a run, where no machine sees them. The ground truth that stamps are
// held against.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/lamport/stamp.hpp"

namespace lockstep::sim {

class Causes {
 public:
  using Clock = std::vector<std::uint32_t>;  // a process; how many of its events are known

  // Processes are 0 .. processes - 1: nodes, then clients.
  explicit Causes(std::uint32_t processes);

  // A process took a step; what it sends and stamps until its next one belongs to it.
  void stepped(std::uint32_t process);
  // A message left, by its number in the run, and arrived. What never arrives costs memory only.
  void sent(std::uint64_t message, std::uint32_t from);
  void received(std::uint64_t message, std::uint32_t to);

  // The step of the process gave out a stamp. Returns the stamp of an event that happened before
  // this one and does not have a smaller time, if there is one. The times of a process ascend.
  [[nodiscard]] std::optional<lamport::Stamp> stamped(std::uint32_t process, lamport::Stamp stamp);

  // What the process knows now; when a record of it is durable it outlives a crash, as what was
  // sent does.
  [[nodiscard]] std::shared_ptr<const Clock> known(std::uint32_t process) const {
    return processes_[process].clock;
  }
  void outlives(std::uint32_t process, const std::shared_ptr<const Clock>& known);
  // A crash: what it knew and stamped beyond that did not happen.
  void crashed(std::uint32_t process);

  [[nodiscard]] const Clock& clock(std::uint32_t process) const {
    return *processes_[process].clock;
  }

 private:
  struct Stamping {
    std::uint32_t event;
    lamport::Stamp stamp;
  };
  struct Process {
    std::shared_ptr<Clock> clock;        // shared with messages; copied before it changes
    std::shared_ptr<const Clock> lasts;  // the part of it that outlives a crash
    std::vector<Stamping> stamps;
  };
  Clock& own(std::uint32_t process);

  std::vector<Process> processes_;
  std::map<std::uint64_t, std::shared_ptr<const Clock>> under_way_;
};

}  // namespace lockstep::sim
