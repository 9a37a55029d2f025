#include "node/config/log_line.hpp"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

namespace lockstep::node {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string dumped(const ordered_json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string time_text(std::int64_t time_ms, const char* format) {
  const std::time_t whole = time_ms / 1000;
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, format, &parts);
  return fmt::format("{}.{:03}", std::string_view(text, size), time_ms % 1000);
}

std::string_view colour_of(net::Level level) {
  switch (level) {
    case net::Level::debug: return "\x1b[2m";
    case net::Level::info: return "\x1b[32m";
    case net::Level::warning: return "\x1b[33m";
    case net::Level::error: return "\x1b[31m";
  }
  return "";
}

// What a terminal shows and does not obey: control characters, C1 among them, are escaped, and
// bytes that are not UTF-8 replaced.
std::string harmless(std::string_view text) {
  const std::string valid =
      json::parse(dumped(std::string(text))).get<std::string>();  // replaces what is not UTF-8
  std::string out;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    const auto next = static_cast<unsigned char>(i + 1 < valid.size() ? valid[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {
      out += fmt::format("\\u{:04x}", next);
      ++i;
    } else {
      out += valid[i];
    }
  }
  return out;
}

std::string field_text(const net::Field& field) {
  if (const auto* text = std::get_if<std::string>(&field.value)) {
    const bool plain = !text->empty() && text->find_first_of(" \"=\\\n\t") == std::string::npos;
    return plain ? harmless(*text) : harmless(dumped(*text));
  }
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) return std::to_string(*number);
  return fmt::format("{}", std::get<double>(field.value));
}

}  // namespace

std::string to_json(const LogRecord& record) {
  ordered_json line{{"time", time_text(record.time_ms, "%Y-%m-%dT%H:%M:%S") + "Z"},
                    {"level", name_of(record.level)},
                    {"node", record.node.value()},
                    {"term", record.term},
                    {"message", record.message}};
  if (!record.fields.empty()) {
    ordered_json& fields = line["fields"] = ordered_json::object();
    for (const net::Field& field : record.fields)
      std::visit([&](const auto& value) { fields[field.key] = value; }, field.value);
  }
  return dumped(line);
}

std::string to_text(const LogRecord& record, bool coloured) {
  std::string line = fmt::format("{} {}{:<7}{} n{} t{} {}", time_text(record.time_ms, "%H:%M:%S"),
                                 coloured ? colour_of(record.level) : "", name_of(record.level),
                                 coloured ? "\x1b[0m" : "", record.node.value(), record.term,
                                 harmless(record.message));
  for (const net::Field& field : record.fields)
    line += fmt::format(" {}={}", harmless(field.key), field_text(field));
  return line;
}

}  // namespace lockstep::node
