// One load of wrk (Debian package) against one server, and what it measured.
#pragma once

#include <string>
#include <string_view>

#include "processes/bench/load_result.hpp"

namespace lockstep::processes {

// False where wrk is not installed.
[[nodiscard]] bool wrk_is_installed();

// Drives `url` for `seconds` over `connections`, from one thread. `script` is Lua for wrk, kept in
// `folder` meanwhile. Throws std::runtime_error with what wrk said when it fails.
[[nodiscard]] LoadResult run_wrk(const std::string& url, unsigned connections, unsigned seconds,
                                 const std::string& script, const std::string& folder);

// What wrk prints at the end. Throws std::runtime_error when that is not it.
[[nodiscard]] LoadResult parse_wrk(std::string_view output);

}  // namespace lockstep::processes
