// What the terminal shows: colours where they are wanted, trace lines, progress with an estimate.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "sim/trace/step.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::sim {

// Colour only when stdout is a terminal and NO_COLOR is not set.
[[nodiscard]] std::string emphasised(const std::string& text);
[[nodiscard]] std::string coloured_verdict(RunVerdict verdict);

// One line of a transcript: time, who, what, and what it did; what the golden files hold.
[[nodiscard]] std::string transcript_line(const TraceLine& line);
void print_line(const TraceLine& line);

// One line on stderr, rewritten in place, when stderr is a terminal; silence otherwise.
class Progress {
 public:
  Progress(std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void done(std::uint64_t count);

 private:
  std::string what_;
  std::uint64_t total_;
  bool shown_;
  std::chrono::steady_clock::time_point start_, last_;
};

}  // namespace lockstep::sim
