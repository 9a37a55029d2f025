// Text as it may stand between and inside the elements of a page.
#pragma once

#include <string>
#include <string_view>

namespace lockstep::sim {

[[nodiscard]] std::string escaped_html(std::string_view text);

}  // namespace lockstep::sim
