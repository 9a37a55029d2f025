// What a node knows of itself when it computes its score.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.hpp"

namespace lockstep::bully {

// The emergency room a node stands in.
struct Hospital {
  std::uint32_t visits = 0;  // active
  std::uint32_t beds_free = 0;
  std::uint32_t beds_total = 0;
  std::uint32_t doctors_free = 0;
  std::uint32_t doctors_total = 0;
  std::uint32_t critical = 0;  // patients
  static constexpr std::string_view name = "hospital";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("visits", self.visits);
    visit("beds_free", self.beds_free);
    visit("beds_total", self.beds_total);
    visit("doctors_free", self.doctors_free);
    visit("doctors_total", self.doctors_total);
    visit("critical", self.critical);
  }
  friend bool operator==(const Hospital&, const Hospital&) = default;
};

// Heartbeats that were due from this node and did not come; terms it led and how many of them ended
// in its failure.
struct History {
  std::uint32_t beats = 0;
  std::uint32_t missed = 0;  // of them; more counts as all
  std::uint32_t terms = 0;
  std::uint32_t failed = 0;  // of them; more counts as all
  static constexpr std::string_view name = "history";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("beats", self.beats);
    visit("missed", self.missed);
    visit("terms", self.terms);
    visit("failed", self.failed);
  }
  friend bool operator==(const History&, const History&) = default;
};

struct Measures {
  std::uint32_t cpu_permille = 0;     // above 1000 counts as 1000
  std::uint32_t memory_permille = 0;  // above 1000 counts as 1000
  Duration uptime;                    // below 0 counts as 0
  Duration latency;                   // below 0 counts as 0
  History history;
  Hospital hospital;
  static constexpr std::string_view name = "measures";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("cpu", self.cpu_permille);
    visit("memory", self.memory_permille);
    visit("uptime", self.uptime);
    visit("latency", self.latency);
    visit("history", self.history);
    visit("hospital", self.hospital);
  }
  friend bool operator==(const Measures&, const Measures&) = default;
};

}  // namespace lockstep::bully
