#include "sim/report/latex_text.hpp"

#include <doctest/doctest.h>

namespace lockstep::sim {
namespace {

TEST_CASE("no character is a command") {
  CHECK(escaped_latex("50 % & #1_a {x} $y$") == "50 \\% \\& \\#1\\_a \\{x\\} \\$y\\$");
  CHECK(escaped_latex("\\input{/etc/passwd}") == "\\textbackslash{}input\\{/etc/passwd\\}");
  CHECK(escaped_latex("~^<>|\"'`") ==
        "\\textasciitilde{}\\textasciicircum{}\\textless{}\\textgreater{}\\textbar{}"
        "\\textquotedbl{}\\textquotesingle{}\\textasciigrave{}");
  CHECK(escaped_latex("^^5cinput") == "\\textasciicircum{}\\textasciicircum{}5cinput");
}

TEST_CASE("nothing means something after a table's line, or becomes another glyph") {
  CHECK(escaped_latex("[2cm] * a]") == "{[}2cm{]} {*} a{]}");
  CHECK(escaped_latex("--set ,,") == "-{}-{}set ,{},{}");
}

TEST_CASE("a line stays one") { CHECK(escaped_latex("a\n\nb\t\x01\x7f!") == "a  b   !"); }

TEST_CASE("characters that T1 has, that have a command, and that have neither") {
  CHECK(escaped_latex("Düß") == "Düß");
  CHECK(escaped_latex("150–300 ≤ 2t²") ==
        "150\\textendash{}300 \\ensuremath{\\le} "
        "2t\\ensuremath{^2}");
  CHECK(escaped_latex("中\xF0\x9F\x98\x80") == "{[}U+4E2D{]}{[}U+1F600{]}");
}

TEST_CASE("what is no UTF-8 is told") {
  CHECK(escaped_latex("a\xFF\xC3") == "a{[}?{]}{[}?{]}");
  CHECK(escaped_latex("\xE4\xB8") == "{[}?{]}{[}?{]}");
  CHECK(escaped_latex("\xC3(") == "{[}?{]}(");
}

TEST_CASE("code breaks where a reader would break it") {
  CHECK(latex_code("a/b_c") == "\\texttt{a/\\allowbreak{}b\\_\\allowbreak{}c\\allowbreak{}}");
  CHECK(latex_code("") == "\\texttt{}");
}

}  // namespace
}  // namespace lockstep::sim
