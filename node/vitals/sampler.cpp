#include "node/vitals/sampler.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "node/config/control_groups.hpp"

namespace lockstep::node {
namespace {

// As much of it as can be read; nothing is as good as rubbish to the parsers.
std::string content(const std::string& path) {
  std::string text;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  char part[8192];
  for (ssize_t got = 0; (got = ::read(file, part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(got));
  ::close(file);
  return text;
}

double microseconds_of(Duration time) { return static_cast<double>(time.ns()) / 1000; }

}  // namespace

VitalsSampler::VitalsSampler(Instant now, std::string proc, const std::string& groups)
    : proc_(std::move(proc)),
      folders_(control_groups(proc_ + "/self/cgroup", groups)),
      last_(now),
      machine_(machine_time()),
      group_(group_time(machine_ ? machine_->processors : 0)) {}

Vitals VitalsSampler::sample(Instant now, Duration disk_latency) {
  const auto machine = machine_time();
  const auto group = group_time(machine ? machine->processors : 0);
  if (const auto share = processor_share(machine, group, now - last_))
    vitals_.cpu_permille = *share;
  last_ = now;
  machine_ = machine;
  group_ = group;
  if (const auto used = memory())
    vitals_.memory_permille =
        permille(static_cast<double>(used->used), static_cast<double>(used->total));
  const auto load = parse_loadavg(content(proc_ + "/loadavg"));
  if (load && machine)
    vitals_.load_permille = permille(static_cast<double>(*load), machine->processors * 100.0);
  vitals_.disk_latency = disk_latency;
  return vitals_;
}

std::optional<std::uint32_t> VitalsSampler::processor_share(
    const std::optional<ProcessorTime>& machine, const std::optional<GroupTime>& group,
    Duration passed) const {
  if (group) {
    if (!group_ || group_->folder != group->folder || group->usage < group_->usage ||
        passed <= Duration())
      return std::nullopt;
    const double allowed = microseconds_of(passed) * static_cast<double>(group->quota.quota) /
                           static_cast<double>(group->quota.period);
    return permille(static_cast<double>(group->usage - group_->usage), allowed);
  }
  if (!machine || !machine_ || machine->busy < machine_->busy || machine->total <= machine_->total)
    return std::nullopt;
  return permille(static_cast<double>(machine->busy - machine_->busy),
                  static_cast<double>(machine->total - machine_->total));
}

std::optional<ProcessorTime> VitalsSampler::machine_time() const {
  return parse_stat(content(proc_ + "/stat"));
}

std::optional<VitalsSampler::GroupTime> VitalsSampler::group_time(std::uint32_t processors) const {
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    const auto quota = parse_cpu_max(content(folders_[i] + "/cpu.max"));
    if (!quota || (processors > 0 && quota->quota / quota->period >= processors)) continue;
    const auto usage = parse_count(content(folders_[i] + "/cpu.stat"), "usage_usec");
    if (usage) return GroupTime{i, *quota, *usage};
  }
  return std::nullopt;
}

std::optional<Memory> VitalsSampler::memory() const {
  const auto machine = parse_meminfo(content(proc_ + "/meminfo"));
  const auto group = group_memory(machine ? machine->total : UINT64_MAX);
  return group ? group : machine;
}

// Files that were read once count as used in a group, but go where memory is short; those which are
// still in use (active) may not.
std::optional<Memory> VitalsSampler::group_memory(std::uint64_t below) const {
  for (const std::string& folder : folders_) {
    const auto limit = parse_bytes(content(folder + "/memory.max"));
    if (!limit || *limit == 0 || *limit >= below) continue;
    const auto current = parse_bytes(content(folder + "/memory.current"));
    if (!current) continue;
    const auto spare = parse_count(content(folder + "/memory.stat"), "inactive_file").value_or(0);
    return Memory{*limit, std::min(*limit, *current - std::min(*current, spare))};
  }
  return std::nullopt;
}

}  // namespace lockstep::node
