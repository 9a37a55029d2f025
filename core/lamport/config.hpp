// What an operator or a scenario may choose about the Lamport log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/time.hpp"
#include "core/bully/config.hpp"

namespace lockstep::lamport {

enum class Mode : std::uint8_t {
  replicated,  // a leader stamps; a message is acknowledged once a majority holds it
  multicast    // everybody stamps; a message is delivered once every clock has passed its stamp
};
constexpr std::string_view name_of(Mode mode) {
  return mode == Mode::replicated ? "replicated" : "multicast";
}
constexpr std::size_t enumerator_count(Mode) { return 2; }

struct Config {
  Mode mode = Mode::replicated;
  bully::Config election;            // replicated only
  Duration sync = milliseconds(50);  // between two words of what a node holds, > 0
  Duration patience = seconds(10);   // how long a post waits for a leader, > 0
  std::uint32_t block = 4096;        // ticks of the clock between two records of it at first, >= 2
  std::uint32_t max_text_bytes = 65536;  // of one message, > 0
  std::uint32_t max_waiting = 16384;     // posts that are not acknowledged, of one node, > 0
  std::uint32_t max_entries = 256;       // in one message between nodes, > 0
  std::uint32_t max_bytes = 256 * 1024;  // of texts in it; a longer text travels alone, > 0
  std::uint32_t max_in_flight = 4096;    // entries on their way to one node, > 0
  friend bool operator==(const Config&, const Config&) = default;
};

// What each node knows of what each other one holds is in its memory.
inline constexpr std::uint32_t most_members = 100;

// What is wrong with a configuration, or nothing: whoever reads one from a file or a user asks
// before building a machine, because the machine only check()s it.
[[nodiscard]] constexpr std::string_view refusal(const Config& config) {
  if (config.mode == Mode::replicated && !refusal(config.election).empty())
    return refusal(config.election);
  if (config.sync <= Duration(0)) return "sync must be above 0; try \"50 ms\"";
  if (config.patience <= Duration(0)) return "patience must be above 0; try \"10 s\"";
  if (config.block < 2) return "block must be at least 2";
  if (config.max_text_bytes == 0 || config.max_waiting == 0 || config.max_entries == 0 ||
      config.max_bytes == 0 || config.max_in_flight == 0)
    return "every limit must be above 0, or nothing is ever sent";
  return {};
}

}  // namespace lockstep::lamport
