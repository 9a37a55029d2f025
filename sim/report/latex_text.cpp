#include "sim/report/latex_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace lockstep::sim {
namespace {

constexpr char32_t no_character = 0xFFFFFFFF;

// The first character, which is taken from the text; no_character for a byte that begins none.
char32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80           ? 1
                             : (first >> 5) == 0x06 ? 2
                             : (first >> 4) == 0x0E ? 3
                             : (first >> 3) == 0x1E ? 4
                                                    : 0;
  if (length == 0 || length > text.size()) {
    text.remove_prefix(1);
    return no_character;
  }
  char32_t character = length == 1 ? first : first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      text.remove_prefix(1);
      return no_character;
    }
    character = (character << 6) | (byte(i) & 0x3Fu);
  }
  text.remove_prefix(length);
  return character;
}

using Glyph = std::pair<char32_t, std::string_view>;

// Brackets and the star mean something after the end of a table's line; two hyphens, commas, or
// quotation marks become one glyph.
constexpr std::array ascii_glyphs{Glyph{'\\', "\\textbackslash{}"},
                                  Glyph{'{', "\\{"},
                                  Glyph{'}', "\\}"},
                                  Glyph{'$', "\\$"},
                                  Glyph{'&', "\\&"},
                                  Glyph{'#', "\\#"},
                                  Glyph{'_', "\\_"},
                                  Glyph{'%', "\\%"},
                                  Glyph{'~', "\\textasciitilde{}"},
                                  Glyph{'^', "\\textasciicircum{}"},
                                  Glyph{'<', "\\textless{}"},
                                  Glyph{'>', "\\textgreater{}"},
                                  Glyph{'|', "\\textbar{}"},
                                  Glyph{'"', "\\textquotedbl{}"},
                                  Glyph{'\'', "\\textquotesingle{}"},
                                  Glyph{'`', "\\textasciigrave{}"},
                                  Glyph{'[', "{[}"},
                                  Glyph{']', "{]}"},
                                  Glyph{'*', "{*}"},
                                  Glyph{'-', "-{}"},
                                  Glyph{',', ",{}"}};
constexpr std::array other_glyphs{Glyph{0x2013, "\\textendash{}"},
                                  Glyph{0x2014, "\\textemdash{}"},
                                  Glyph{0x2018, "\\textquoteleft{}"},
                                  Glyph{0x2019, "\\textquoteright{}"},
                                  Glyph{0x201C, "\\textquotedblleft{}"},
                                  Glyph{0x201D, "\\textquotedblright{}"},
                                  Glyph{0x2026, "\\dots{}"},
                                  Glyph{0x2022, "\\textbullet{}"},
                                  Glyph{0x2192, "\\ensuremath{\\rightarrow}"},
                                  Glyph{0x2190, "\\ensuremath{\\leftarrow}"},
                                  Glyph{0x2212, "\\ensuremath{-}"},
                                  Glyph{0x2264, "\\ensuremath{\\le}"},
                                  Glyph{0x2265, "\\ensuremath{\\ge}"},
                                  Glyph{0x2248, "\\ensuremath{\\approx}"},
                                  Glyph{0x00D7, "\\ensuremath{\\times}"},
                                  Glyph{0x00F7, "\\ensuremath{\\div}"},
                                  Glyph{0x00B7, "\\ensuremath{\\cdot}"},
                                  Glyph{0x00B1, "\\ensuremath{\\pm}"},
                                  Glyph{0x00B5, "\\ensuremath{\\mu}"},
                                  Glyph{0x03BC, "\\ensuremath{\\mu}"},
                                  Glyph{0x03C3, "\\ensuremath{\\sigma}"},
                                  Glyph{0x03A3, "\\ensuremath{\\Sigma}"},
                                  Glyph{0x00B2, "\\ensuremath{^2}"},
                                  Glyph{0x00B3, "\\ensuremath{^3}"},
                                  Glyph{0x00B0, "\\ensuremath{^\\circ}"},
                                  Glyph{0x00A0, "~"},
                                  Glyph{0x202F, "\\,"},
                                  Glyph{0x221A, "\\ensuremath{\\surd}"}};

template <std::size_t Count>
std::string_view glyph_of(const std::array<Glyph, Count>& glyphs, char32_t character) {
  for (const auto& [known, latex] : glyphs) {
    if (known == character) return latex;
  }
  return {};
}

void put_character(std::string& out, std::string_view bytes, char32_t character) {
  const std::string_view glyph =
      character < 0x80 ? glyph_of(ascii_glyphs, character) : glyph_of(other_glyphs, character);
  if (character == no_character)
    out += "{[}?{]}";
  else if (!glyph.empty())
    out += glyph;
  else if (character < 0x20 || character == 0x7F)
    out += ' ';
  else if (character < 0x7F || (character >= 0xC0 && character <= 0xFF))
    out += bytes;
  else
    out += fmt::format("{{[}}U+{:04X}{{]}}", static_cast<std::uint32_t>(character));
}

}  // namespace

std::string escaped_latex(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t character = take_character(text);
    put_character(out, before.substr(0, before.size() - text.size()), character);
  }
  return out;
}

std::string latex_code(std::string_view text) {
  std::string out = "\\texttt{";
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of("/_=,", begin), text.size() - 1) + 1;
    out += escaped_latex(text.substr(begin, end - begin)) + "\\allowbreak{}";
    begin = end;
  }
  return out + "}";
}

}  // namespace lockstep::sim
