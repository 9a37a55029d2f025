// One record of a log as one line, without its end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/strong.hpp"
#include "net/log/log.hpp"

namespace lockstep::node {

struct LogRecord {
  std::int64_t time_ms = 0;  // since 1970, UTC
  net::Level level = net::Level::info;
  NodeId node;
  std::uint64_t term = 0;
  std::string message;
  std::vector<net::Field> fields;
};

// {"time":"2026-11-21T10:00:00.123Z","level":"info","node":1,"term":4,"message":"…","fields":{…}}
[[nodiscard]] std::string to_json(const LogRecord& record);
// 10:00:00.123 info    n1 t4 message key=value
[[nodiscard]] std::string to_text(const LogRecord& record, bool coloured);

}  // namespace lockstep::node
