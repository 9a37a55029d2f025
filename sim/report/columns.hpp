// Writing the compact JSON of a page: a table of strings, and columns that are filled row by row.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/trace/json_text.hpp"

namespace lockstep::sim {

class StringTable {
 public:
  // The place of `text` in the table.
  std::int64_t at(std::string_view text) {
    const auto [it, added] = places_.try_emplace(std::string(text), places_.size());
    if (added) order_.push_back(&it->first);
    return static_cast<std::int64_t>(it->second);
  }
  void append_to(fmt::memory_buffer& out) const {
    out.push_back('[');
    for (const std::string* text : order_) {
      if (text != order_.front()) out.push_back(',');
      append_json(out, *text, Inside::html);
    }
    out.push_back(']');
  }

 private:
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<const std::string*> order_;
};

using Column = std::vector<std::int64_t>;

// Differences from the entry before; the first from 0.
[[nodiscard]] Column deltas(const Column& column);

// The members of one JSON object, in order.
class Members {
 public:
  explicit Members(fmt::memory_buffer& out) : out_(out) { out_.push_back('{'); }
  void close() { out_.push_back('}'); }
  void number(std::string_view name, std::int64_t value);
  void column(std::string_view name, const Column& values);
  void columns(std::string_view name, const std::vector<Column>& values);
  fmt::memory_buffer& raw(std::string_view name);

 private:
  fmt::memory_buffer& out_;
  bool first_ = true;
};

}  // namespace lockstep::sim
