// Text as it may stand in a LaTeX document, whatever it says: no character of it is a command, ends
// an argument or a line of a table, and pdflatex has a glyph for each.
#pragma once

#include <string>
#include <string_view>

namespace lockstep::sim {

// What T1 fonts do not have is told by its number, as [U+4E2D]; what is no UTF-8 as [?].
[[nodiscard]] std::string escaped_latex(std::string_view text);

// A command or a path in typewriter type; its lines may break after / _ = and commas.
[[nodiscard]] std::string latex_code(std::string_view text);

}  // namespace lockstep::sim
