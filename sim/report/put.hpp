// A page as it grows, in memory, and what appends to it.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace lockstep::sim {

using PageText = fmt::memory_buffer;

template <class... Args>
void put(PageText& out, fmt::format_string<Args...> text, Args&&... args) {
  fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
}

}  // namespace lockstep::sim
