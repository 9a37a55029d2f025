// For tests: a log that remembers its records as lines.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/log/log.hpp"

namespace lockstep::net {

class Notes final : public Log {
 public:
  void write(Level level, std::string_view message, std::vector<Field> fields) override {
    std::string line = std::string(name_of(level)) + " " + std::string(message);
    for (const Field& field : fields) {
      const auto* text = std::get_if<std::string>(&field.value);
      const auto* number = std::get_if<std::int64_t>(&field.value);
      line += " " + field.key + "=" + (text != nullptr ? *text : std::to_string(*number));
    }
    lines.push_back(std::move(line));
  }
  [[nodiscard]] bool has(std::string_view part) const {
    for (const std::string& line : lines) {
      if (line.find(part) != std::string::npos) return true;
    }
    return false;
  }
  std::vector<std::string> lines;
};

}  // namespace lockstep::net
