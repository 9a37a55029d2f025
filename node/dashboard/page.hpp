// The dashboard: one page that asks for nothing but the members' own API (docs/node.md). Embedded
// from template.html, dashboard.css and js/*.js when this is built (embed.cmake).
#pragma once

#include <string_view>

namespace lockstep::node {

// The whole document, UTF-8, to be served as text/html; charset=utf-8.
[[nodiscard]] std::string_view dashboard_page();

}  // namespace lockstep::node
