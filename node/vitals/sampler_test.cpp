#include "node/vitals/sampler.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lockstep::node {
namespace {

constexpr Instant at(std::int64_t second) { return Instant() + seconds(second); }
constexpr Vitals vitals(std::uint32_t cpu, std::uint32_t memory, std::uint32_t load) {
  return {cpu, memory, load, Duration()};
}

// A machine of two processors and 1000 kB, and a group "a/b".
class Machine {
 public:
  Machine() {
    put("proc/self/cgroup", "0::/a/b\n");
    run(100, 100);
    put("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 250 kB\n");
    put("proc/loadavg", "0.50 0.00 0.00 1/1 1\n");
  }
  ~Machine() { std::filesystem::remove_all(root_); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void put(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }
  void run(std::uint64_t busy, std::uint64_t idle) const {
    const std::string ticks = std::to_string(busy) + " 0 0 " + std::to_string(idle);
    put("proc/stat", "cpu  " + ticks + "\ncpu0 1\ncpu1 1\n");
  }
  void lose(const std::string& name) const { std::filesystem::remove_all(root_ / name); }
  [[nodiscard]] VitalsSampler sampler() const {
    return VitalsSampler(at(0), root_ / "proc", root_ / "groups");
  }

 private:
  std::filesystem::path root_ =
      std::filesystem::temp_directory_path() / ("vitals-" + std::to_string(getpid()));
};

TEST_CASE("the processor is measured from one sample to the next") {
  const Machine machine;
  VitalsSampler sampler = machine.sampler();
  CHECK(sampler.sample(at(0), Duration()) == vitals(0, 750, 250));  // too early for a share
  machine.run(130, 170);
  CHECK(sampler.sample(at(1), Duration()) == vitals(300, 750, 250));
  machine.run(230, 170);
  CHECK(sampler.sample(at(2), Duration()) == vitals(1000, 750, 250));
  machine.run(230, 270);
  CHECK(sampler.sample(at(3), milliseconds(4)) == Vitals{0, 750, 250, milliseconds(4)});
}

TEST_CASE("load is per processor, and at most all of them") {
  const Machine machine;
  VitalsSampler sampler = machine.sampler();
  machine.put("proc/loadavg", "1.99 0.00 0.00 1/1 1\n");
  CHECK(sampler.sample(at(1), Duration()).load_permille == 995);
  machine.put("proc/loadavg", "64.00 0.00 0.00 1/1 1\n");
  CHECK(sampler.sample(at(2), Duration()).load_permille == 1000);
}

TEST_CASE("what cannot be read stays as it was") {
  const Machine machine;
  VitalsSampler sampler = machine.sampler();
  machine.run(130, 170);
  const Vitals before = vitals(300, 750, 250);
  CHECK(sampler.sample(at(1), Duration()) == before);
  SUBCASE("counters that went back") { machine.run(10, 500); }
  SUBCASE("counters that stand") {}
  SUBCASE("rubbish") {
    for (const char* name : {"proc/stat", "proc/meminfo", "proc/loadavg"}) machine.put(name, "x\n");
  }
  SUBCASE("nothing") { machine.lose("proc"); }
  SUBCASE("a folder") {
    machine.lose("proc");
    machine.put("proc/stat/x", "");
  }
  CHECK(sampler.sample(at(2), Duration()) == before);
  machine.lose("proc/stat");
  machine.run(1000, 1000);
  (void)sampler.sample(at(3), Duration());
  machine.run(1050, 1050);
  CHECK(sampler.sample(at(4), Duration()).cpu_permille == 500);
}

TEST_CASE("a machine that says nothing is 0 of everything") {
  const Machine machine;
  machine.lose("proc");
  VitalsSampler sampler = machine.sampler();
  CHECK(sampler.sample(at(1), milliseconds(1)) == Vitals{0, 0, 0, milliseconds(1)});
}

TEST_CASE("a control group's processor is measured against its quota") {
  const Machine machine;
  machine.put("groups/a/cpu.max", "50000 100000\n");
  machine.put("groups/a/cpu.stat", "usage_usec 1000000\nuser_usec 5\n");
  VitalsSampler sampler = machine.sampler();
  machine.run(130, 170);
  machine.put("groups/a/cpu.stat", "usage_usec 2000000\n");
  CHECK(sampler.sample(at(4), Duration()).cpu_permille == 500);
  machine.put("groups/a/cpu.stat", "usage_usec 2100000\n");
  CHECK(sampler.sample(at(5), Duration()).cpu_permille == 200);
  CHECK(sampler.sample(at(5), Duration()).cpu_permille == 200);  // no time has passed
  machine.put("groups/a/cpu.stat", "usage_usec 9000000\n");
  CHECK(sampler.sample(at(6), Duration()).cpu_permille == 1000);
  machine.put("groups/a/cpu.stat", "usage_usec 5\n");
  CHECK(sampler.sample(at(7), Duration()).cpu_permille == 1000);  // it went back

  // A nearer group gets a quota: no share of it is known yet.
  machine.put("groups/a/b/cpu.max", "100000 100000\n");
  machine.put("groups/a/b/cpu.stat", "usage_usec 7\n");
  CHECK(sampler.sample(at(8), Duration()).cpu_permille == 1000);
  machine.put("groups/a/b/cpu.stat", "usage_usec 250007\n");
  CHECK(sampler.sample(at(9), Duration()).cpu_permille == 250);

  // As much as the machine has is no limit.
  machine.put("groups/a/b/cpu.max", "200000 100000\n");
  machine.put("groups/a/cpu.max", "max 100000\n");
  machine.run(230, 170);
  CHECK(sampler.sample(at(10), Duration()).cpu_permille == 1000);
}

TEST_CASE("a control group's memory is measured against its limit") {
  const Machine machine;
  VitalsSampler sampler = machine.sampler();
  const auto memory = [&] { return sampler.sample(at(1), Duration()).memory_permille; };
  machine.put("groups/memory.max", "512000\n");
  CHECK(memory() == 750);  // it does not say how much is used
  machine.put("groups/memory.current", "256000\n");
  CHECK(memory() == 500);
  machine.put("groups/memory.stat", "active_file 4\ninactive_file 128000\n");
  CHECK(memory() == 250);
  machine.put("groups/memory.stat", "inactive_file 999999\n");
  CHECK(memory() == 0);
  machine.put("groups/a/memory.max", "1000\n");
  machine.put("groups/a/memory.current", "1001\n");
  CHECK(memory() == 1000);
  machine.put("groups/a/b/memory.max", "max\n");
  CHECK(memory() == 1000);
  machine.put("groups/a/memory.max", "1024000\n");  // all of the machine's
  machine.lose("groups/memory.max");
  CHECK(memory() == 750);
}

TEST_CASE("this machine") {
  VitalsSampler sampler(at(0));
  const Vitals measured = sampler.sample(at(1), Duration());
  CHECK(measured.cpu_permille <= 1000);
  CHECK(measured.memory_permille > 0);
  CHECK(measured.memory_permille <= 1000);
  CHECK(measured.load_permille <= 1000);
}

}  // namespace
}  // namespace lockstep::node
