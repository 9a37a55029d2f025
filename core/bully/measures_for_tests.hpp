// A node in good health, used by every test of scores.
#pragma once

#include "core/base/time.hpp"
#include "core/bully/measures.hpp"

namespace lockstep::bully {

inline Measures healthy() {
  return {.cpu_permille = 300,
          .memory_permille = 350,
          .uptime = seconds(43'200),
          .latency = milliseconds(3),
          .history = {.beats = 98, .missed = 9, .terms = 0, .failed = 0},
          .hospital = {.visits = 20,
                       .beds_free = 5,
                       .beds_total = 10,
                       .doctors_free = 3,
                       .doctors_total = 4,
                       .critical = 2}};
}

}  // namespace lockstep::bully
