// VitalsSampler: how hard this machine works, as the election wants to know it.
//
// Where the process stands in a control group (version 2) with a limit below what the machine has,
// processor and memory are shares of that limit, of the nearest group that has one; otherwise of
// the machine. The load is always the machine's: nobody counts it for a group.
//
// What cannot be read stays as it was last, 0 at first. Keeps no file open; not for two threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/machine.hpp"
#include "core/base/time.hpp"
#include "node/vitals/proc.hpp"

namespace lockstep::node {

class VitalsSampler {
 public:
  // The folders are for tests. The processor is measured from here on.
  explicit VitalsSampler(Instant now, std::string proc = "/proc",
                         const std::string& groups = "/sys/fs/cgroup");

  // Processor use is that since the sample before; `disk_latency` is passed on. `now` never goes
  // back.
  Vitals sample(Instant now, Duration disk_latency);

 private:
  struct GroupTime {
    std::size_t folder;  // of folders_
    Quota quota;
    std::uint64_t usage;  // microseconds of processor time
  };
  // Nothing where a counter went back or stood still: another boot, another group, too early.
  [[nodiscard]] std::optional<std::uint32_t> processor_share(
      const std::optional<ProcessorTime>& machine, const std::optional<GroupTime>& group,
      Duration passed) const;
  [[nodiscard]] std::optional<ProcessorTime> machine_time() const;
  [[nodiscard]] std::optional<GroupTime> group_time(std::uint32_t processors) const;
  [[nodiscard]] std::optional<Memory> memory() const;
  [[nodiscard]] std::optional<Memory> group_memory(std::uint64_t below) const;

  std::string proc_;
  std::vector<std::string> folders_;  // of control groups, the process's own first
  Instant last_;                      // when these two were read
  std::optional<ProcessorTime> machine_;
  std::optional<GroupTime> group_;
  Vitals vitals_;
};

}  // namespace lockstep::node
