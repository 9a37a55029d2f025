#include "sim/report/overview.hpp"

#include <doctest/doctest.h>
#include "sim/report/times_for_tests.hpp"

namespace lockstep::sim {
namespace {

Overview sample() {
  Overview overview;
  overview.title = "A leader is cut off";
  overview.verdict = "violated";
  overview.questions = {{"A leader is cut off", "Who takes over?", "Raft, 5.2", "raft", "{}"}};
  overview.results = {"", {{"result", "runs"}, {"here", "7"}}, ""};
  overview.tables = {{"latency", {{"verb", "n"}, {"put", "12"}}, "bootstrap"}};
  overview.figures = {{"ecdf.svg", "<svg xmlns='x'><path d=\"M0 0\"/></svg>"}};
  overview.broken = {{"results/a", {"election safety: two leaders"}, "<p class=\"x\">&amp;</p>"},
                     {"results/b", {"log matching"}, ""}};
  overview.environment = {"", {{"lockstep"}, {"0.1.0"}}, ""};
  overview.commands = {"", {{"command"}, {"./lockstep run x"}}, ""};
  return overview;
}

TEST_CASE("a page over several results has every section, and loads nothing from anywhere") {
  const std::string page = render_overview(sample());
  for (const char* part :
       {"id=\"question\"", "Who takes over?", "id=\"set-up\"", "id=\"results\"", "id=\"figures\"",
        "id=\"violations\"", "two leaders", "id=\"environment\"", "id=\"repeat\"",
        "./lockstep run x", "Its diagram is in report.html", "<td class=\"number\">12</td>"})
    CHECK_MESSAGE(page.find(part) != std::string::npos, part);
  for (const char* outside : {"http://", "https://", "@import", "url(", "<link", "<script"})
    CHECK(page.find(outside) == std::string::npos);
  CHECK(times(page, "src=\"") == 1);
  CHECK(page.find("src=\"data:image/svg+xml,%3Csvg xmlns=%27x%27%3E") != std::string::npos);
}

TEST_CASE("a diagram is a page in a frame, and cannot leave it") {
  const std::string page = render_overview(sample());
  CHECK(page.find("srcdoc=\"&lt;p class=&quot;x&quot;&gt;&amp;amp;&lt;/p&gt;\"") !=
        std::string::npos);
}

TEST_CASE("no text leaves its place in the page") {
  Overview overview = sample();
  const std::string attack = "\"></iframe><script>alert(1)</script>";
  overview.title = overview.verdict = overview.questions[0].title = attack;
  overview.questions[0].why = overview.questions[0].set_up = attack;
  overview.results.rows[1][0] = overview.tables[0].caption = overview.tables[0].note = attack;
  overview.figures[0] = {attack, attack};
  overview.broken[0] = {attack, {attack}, attack};
  const std::string page = render_overview(overview);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(times(page, "</iframe>") == 1);
}

}  // namespace
}  // namespace lockstep::sim
