#include "sim/report/latex.hpp"

#include <doctest/doctest.h>
#include "sim/report/times_for_tests.hpp"

namespace lockstep::sim {
namespace {

Overview paper_sample() {
  Overview overview;
  overview.title = "A leader is cut off";
  overview.verdict = "pass";
  overview.questions = {
      {"A leader is cut off", "Who takes over?", "Raft, 5.2", "raft", "{\n  1\n}"},
      {"A leader dies", "Who is next?", "Raft, 5.2", "raft", "{}"}};
  overview.results = {"", {{"result", "runs"}, {"here", "7"}, {"there", "5"}}, ""};
  overview.tables = {{"latency", {{"verb", "n"}, {"put", "12"}}, "bootstrap"}};
  overview.figures = {{"ecdf.svg", "<svg/>"},
                      {"b.svg",
                       "<dc:title>A &amp;lt; B</dc:title><dc:description>3 runs. Made by: x"
                       "</dc:description>"}};
  overview.commands = {"", {{"command"}, {"./lockstep run x"}}, ""};
  return overview;
}

std::string rendered(const Overview& overview) {
  return render_latex(overview, {"figures/figure-1.pdf", "figures/figure-2.pdf"});
}

TEST_CASE("a paper has what was asked, measured and drawn, and where it is from") {
  const std::string paper = rendered(paper_sample());
  for (const char* part :
       {"\\documentclass[conference]{IEEEtran}", "\\documentclass[10pt,twocolumn]{article}",
        "\\title{A leader is cut off}",
        "We ran 12 simulations of 2 scenarios; the verdict is: pass.",
        "Who takes over?~\\cite{source1}", "put & 12 \\\\", "\\caption{latency; bootstrap}",
        "{figures/figure-1.pdf}\n\\caption{ecdf}", "\\caption{A \\&lt; B. 3 runs.}",
        "\\bibitem{source1} Raft,{} 5.2", "\\hspace*{1em}\\texttt{1\\allowbreak{}}\\newline"})
    CHECK_MESSAGE(paper.find(part) != std::string::npos, part);
  CHECK(times(paper, "\\bibitem") == 1);
  CHECK(paper.find("What broke") == std::string::npos);
}

TEST_CASE("a long table goes on in another one, a broad one takes both columns") {
  Overview overview = paper_sample();
  overview.tables[0].rows.resize(82, {"get", "1"});
  overview.results.rows = {{"a", "b", "c", "d", "e", "runs"}, {"1", "2", "3", "4", "5", "6"}};
  const std::string paper = rendered(overview);
  CHECK(times(paper, "\\caption{latency (continued); bootstrap}") == 2);
  CHECK(times(paper, "get & 1 \\\\") == 80);
  CHECK(times(paper, "\\begin{table*}") == 1);
  CHECK(times(paper, "\\begin{tabular}{rrrrrr}") == 1);
}

TEST_CASE("no text leaves its place in the paper") {
  Overview overview = paper_sample();
  const std::string attack = "}\\end{document}\\input{x}% \\\\ & [1em]\n\n$";
  for (auto& question : overview.questions) question = {attack, attack, attack, attack, attack};
  overview.title = overview.verdict = overview.tables[0].caption = overview.tables[0].note = attack;
  overview.tables[0].rows[1][0] = overview.results.rows[1][0] = attack;
  overview.broken = {{attack, {attack}, attack}};
  overview.figures[0] = {attack, "<dc:title>" + attack + "</dc:title>"};
  overview.commands.rows[1][0] = attack;
  const std::string paper = rendered(overview);
  CHECK(times(paper, "\\end{document}") == 1);
  CHECK(times(paper, "\\input{") == 0);
  CHECK(paper.find("[1em]") == std::string::npos);
}

}  // namespace
}  // namespace lockstep::sim
