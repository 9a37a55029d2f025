#include "sim/report/columns.hpp"

#include <iterator>

namespace lockstep::sim {

namespace {

void append(fmt::memory_buffer& out, const Column& values) {
  out.push_back('[');
  bool first = true;
  for (const std::int64_t value : values) {
    if (!first) out.push_back(',');
    first = false;
    fmt::format_to(std::back_inserter(out), FMT_STRING("{}"), value);
  }
  out.push_back(']');
}

}  // namespace

Column deltas(const Column& column) {
  Column result;
  result.reserve(column.size());
  std::int64_t previous = 0;
  for (const std::int64_t value : column) {
    result.push_back(value - previous);
    previous = value;
  }
  return result;
}

fmt::memory_buffer& Members::raw(std::string_view name) {
  if (!first_) out_.push_back(',');
  first_ = false;
  append_json(out_, name, Inside::html);
  out_.push_back(':');
  return out_;
}

void Members::number(std::string_view name, std::int64_t value) {
  fmt::format_to(std::back_inserter(raw(name)), FMT_STRING("{}"), value);
}

void Members::column(std::string_view name, const Column& values) { append(raw(name), values); }

void Members::columns(std::string_view name, const std::vector<Column>& values) {
  fmt::memory_buffer& out = raw(name);
  out.push_back('[');
  bool first = true;
  for (const Column& column : values) {
    if (!first) out.push_back(',');
    first = false;
    append(out, column);
  }
  out.push_back(']');
}

}  // namespace lockstep::sim
