#include "node/vitals/proc.hpp"

#include <doctest/doctest.h>

#include <string>

namespace lockstep::node {
namespace {

TEST_CASE("a share is rounded down and at most all of it") {
  CHECK(permille(0, 7) == 0);
  CHECK(permille(1, 3) == 333);
  CHECK(permille(2, 3) == 666);
  CHECK(permille(999'999, 1'000'000) == 999);
  CHECK(permille(7, 7) == 1000);
  CHECK(permille(8, 7) == 1000);
  CHECK(permille(1e300, 1e-300) == 1000);
}

TEST_CASE("/proc/stat: what is busy and what is idle") {
  const std::string two =
      "cpu  4481081 157818 776816 1788949 29031 5 111730 1757 800 900\n"
      "cpu0 2242220 74609 383526 914540 12784 0 45447 881 0 0\n"
      "cpu1 2238861 83209 393289 874408 16247 0 66283 876 0 0\n"
      "intr 78083757 0 0\nctxt 290999329\n";
  constexpr std::uint64_t busy = 4481081 + 157818 + 776816 + 5 + 111730 + 1757;
  CHECK(parse_stat(two) == ProcessorTime{busy, busy + 1788949 + 29031, 2});
  // Before Linux 2.6 there were four numbers.
  CHECK(parse_stat("cpu 1 2 3 4\ncpu0 1 2 3 4") == ProcessorTime{6, 10, 1});
  CHECK(parse_stat("cpu 0 0 0 0\ncpu11 0 0 0 0\ncpufreq 1\n") == ProcessorTime{0, 0, 1});
}

TEST_CASE("/proc/stat: rubbish") {
  for (const char* text :
       {"", "\n", "cpu", "cpu\n", "cpu 1 2 3\ncpu0 1 2 3\n", "cpu 1 2 3 4\n",
        "cpu0 1 2 3 4\ncpu 1 2 3 4\n", "cpu 1 2 x 4\ncpu0 1\n", "cpu 1 2 -3 4\ncpu0 1\n",
        "cpu 1 2 3.5 4\ncpu0 1\n", "cpu 1 2 3 18446744073709551616\ncpu0 1\n",
        "CPU 1 2 3 4\ncpu0 1\n", "cpu 1 2 3 4\ncpux 1\n", "cpu 1\t2\t3\t4\ncpu0\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_stat(text));
  }
}

TEST_CASE("/proc/meminfo") {
  const std::string rest = "MemFree:          123 kB\nMemAvailable:     250 kB\nCached: 9 kB\n";
  CHECK(parse_meminfo("MemTotal:        1000 kB\n" + rest) == Memory{1'024'000, 768'000});
  CHECK(parse_meminfo("MemAvailable: 7 kB\nMemTotal: 7 kB") == Memory{7168, 0});
  CHECK(parse_meminfo("MemAvailable: 0 kB\nMemTotal: 7 kB") == Memory{7168, 7168});
  for (const char* total :
       {"", "MemTotal:\n", "MemTotal: kB\n", "MemTotal: 0 kB\n", "MemTotal: 249 kB\n",
        "MemTotal: -1000 kB\n", "MemTotal 1000 kB\n", "MemTotal:1000 kB\n", "XMemTotal: 1000 kB\n",
        "MemTotal: 18446744073709551615 kB\n"}) {
    CAPTURE(total);
    CHECK_FALSE(parse_meminfo(total + rest));
  }
  CHECK_FALSE(parse_meminfo("MemTotal: 1000 kB\nMemFree: 250 kB\n"));
  CHECK_FALSE(parse_meminfo(""));
}

TEST_CASE("/proc/loadavg") {
  CHECK(parse_loadavg("2.14 1.28 1.59 2/95 18672\n") == 214);
  CHECK(parse_loadavg("0.00 0.00 0.00 1/1 1\n") == 0);
  CHECK(parse_loadavg("1024.07") == 102'407);
  for (const char* text : {"", "\n", "2", "2 1.28", "2.1 0.00", "2.141 0.00", ".14", "2.", "-2.14",
                           "2.-1", "x.14", "2,14", "nan", "18446744073709551615.99"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_loadavg(text));
  }
}

TEST_CASE("a control group's limits and counts") {
  CHECK(parse_cpu_max("50000 100000\n") == Quota{50'000, 100'000});
  CHECK(parse_cpu_max("200000 100000") == Quota{200'000, 100'000});
  for (const char* text : {"", "\n", "max 100000\n", "50000\n", "0 100000\n", "50000 0\n",
                           "50000 x\n", "-1 100000\n", "1 2 3\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_cpu_max(text));
  }
  CHECK(parse_bytes("1073741824\n") == 1'073'741'824);
  CHECK(parse_bytes("0") == 0);
  for (const char* text : {"", "\n", "max\n", "1 2\n", "-1\n", "1K\n", "99999999999999999999\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_bytes(text));
  }
  const std::string counts = "anon 5\nactive_file 6\ninactive_file 7\nfile\nshmem x\n";
  CHECK(parse_count(counts, "anon") == 5);
  CHECK(parse_count(counts, "inactive_file") == 7);
  for (const char* name : {"file", "shmem", "active", "nowhere"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_count(counts, name));
  }
}

}  // namespace
}  // namespace lockstep::node
