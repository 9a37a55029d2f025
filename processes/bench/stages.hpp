// Where the time of operations went, from a node's own histograms (GET /metrics).
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace lockstep::processes {

struct Stages {
  struct Stage {
    double seconds = 0;
    double count = 0;
    [[nodiscard]] double mean_us() const { return count > 0 ? seconds / count * 1e6 : 0; }
  };
  // By the metric's name without lockstep_ and _seconds, with its operation: "wal_fsync",
  // "operation write". Those of peers are added up.
  std::map<std::string, Stage> stages;

  [[nodiscard]] Stages since(const Stages& before) const;
  // Means in microseconds, and `text` for people.
  [[nodiscard]] nlohmann::ordered_json json(bool writes) const;
  // The same of the message log.
  [[nodiscard]] nlohmann::ordered_json post_json() const;

 private:
  [[nodiscard]] double mean_us(const char* stage) const;  // 0 where there is none
};

// Of the node whose API is at that port.
[[nodiscard]] Stages stages_of(std::uint16_t port);
[[nodiscard]] Stages parse_stages(const std::string& metrics);

}  // namespace lockstep::processes
