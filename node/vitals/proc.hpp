// What the kernel writes in /proc and in a control group, read. Pure: a text in, a value out, and
// nothing where the text is not what the kernel writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lockstep::node {

// Floor of part / whole in thousandths, at most 1000. `whole` > 0.
[[nodiscard]] std::uint32_t permille(double part, double whole);

// In ticks since the machine started; both count all processors together.
struct ProcessorTime {
  std::uint64_t busy = 0;
  std::uint64_t total = 0;
  std::uint32_t processors = 0;  // > 0
  friend bool operator==(const ProcessorTime&, const ProcessorTime&) = default;
};
// /proc/stat. A processor that waits for a disk (iowait) is idle: it would do other work, and the
// disk's latency is measured by itself. Time that the hypervisor gave to others (steal) is busy: a
// node cannot have it. Guests are counted in `user` already.
[[nodiscard]] std::optional<ProcessorTime> parse_stat(std::string_view text);

struct Memory {
  std::uint64_t total = 0;  // bytes, > 0
  std::uint64_t used = 0;   // <= total; without what the kernel would give back
  friend bool operator==(const Memory&, const Memory&) = default;
};
// /proc/meminfo: MemTotal and MemAvailable.
[[nodiscard]] std::optional<Memory> parse_meminfo(std::string_view text);

// /proc/loadavg: of the last minute, in hundredths of a runnable task.
[[nodiscard]] std::optional<std::uint64_t> parse_loadavg(std::string_view text);

// cpu.max: microseconds of processor time in each period. Nothing for "max" as well.
struct Quota {
  std::uint64_t quota = 0;   // > 0
  std::uint64_t period = 0;  // > 0
  friend bool operator==(const Quota&, const Quota&) = default;
};
[[nodiscard]] std::optional<Quota> parse_cpu_max(std::string_view text);

// memory.max, memory.current: bytes. Nothing for "max".
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);

// A line "NAME NUMBER", as in cpu.stat and memory.stat.
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text,
                                                       std::string_view name);

}  // namespace lockstep::node
