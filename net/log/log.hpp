// What a node says to its operator, as records: a level, a message, fields.
//
// A Log never blocks and never throws; what it does with records when nobody takes them is its own
// business. It may be called from several threads.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/time.hpp"

namespace lockstep::net {

enum class Level : std::uint8_t { debug, info, warning, error };
constexpr std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "?";
}

struct Field {
  std::string key;
  std::variant<std::int64_t, double, std::string> value;

  Field(std::string_view name, std::string_view text) : key(name), value(std::string(text)) {}
  Field(std::string_view name, const char* text) : key(name), value(std::string(text)) {}
  Field(std::string_view name, const std::string& text) : key(name), value(text) {}
  Field(std::string_view name, std::integral auto number)
      : key(name), value(static_cast<std::int64_t>(number)) {}
  Field(std::string_view name, double number) : key(name), value(number) {}
  // Strong ids.
  template <class T>
  requires requires(T id) {
    { id.value() } -> std::integral;
  }
  Field(std::string_view name, T id) : Field(name, id.value()) {}
  Field(std::string_view name, Duration time) : key(name), value(to_text(time)) {}
};

class Log {
 public:
  virtual ~Log() = default;
  virtual void write(Level level, std::string_view message, std::vector<Field> fields) = 0;

  void debug(std::string_view message, std::vector<Field> fields = {}) {
    write(Level::debug, message, std::move(fields));
  }
  void info(std::string_view message, std::vector<Field> fields = {}) {
    write(Level::info, message, std::move(fields));
  }
  void warning(std::string_view message, std::vector<Field> fields = {}) {
    write(Level::warning, message, std::move(fields));
  }
  void error(std::string_view message, std::vector<Field> fields = {}) {
    write(Level::error, message, std::move(fields));
  }
};

}  // namespace lockstep::net
