#include "sim/report/report.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "sim/report/clients.hpp"
#include "sim/report/groups.hpp"
#include "sim/report/sample_run_for_tests.hpp"
#include "sim/report/select.hpp"

namespace lockstep::sim {
namespace {

nlohmann::json data_of(const std::string& page) {
  const std::string open = "<script id=\"data\" type=\"application/json\">";
  const std::size_t begin = page.find(open) + open.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

TEST_CASE("a page loads nothing from anywhere") {
  const Sample sample = sample_run(20);
  const std::string page = render_report(input_of(sample, milliseconds(200)));
  // A namespace is a name, not an address that is fetched.
  CHECK(count(page, "http://") == count(page, "http://www.w3.org/2000/svg"));
  for (const char* outside : {"https://", "src=", "@import", "url(", "<link", "fetch(", "XMLHttp"})
    CHECK(page.find(outside) == std::string::npos);
  CHECK(page.find("Content-Security-Policy") != std::string::npos);
  CHECK(page.find("{{") == std::string::npos);
}

TEST_CASE("no text of a run leaves its place in the page") {
  Sample sample = sample_run(5);
  const std::string attack = "</script><script>alert(1)</script><!--\xff";
  std::get<TracedStep>(sample.lines[0]).text = attack;
  ReportInput input = input_of(sample, milliseconds(50));
  input.summary["title"] = attack;
  input.summary["why"] = attack;
  input.manifest["command"] = attack;
  const std::string page = render_report(input);
  CHECK(count(page, "</script>") == 2);
  CHECK(count(page, "<script") == 2);
  CHECK(page.find("<!--") == std::string::npos);
  CHECK(page.find("<title>&lt;/script&gt;") != std::string::npos);
  const auto data = data_of(page);
  const std::string kept = "</script><script>alert(1)</script><!--\xEF\xBF\xBD";
  CHECK(data["summary"]["why"] == kept);
  const auto& strings = data["strings"];
  CHECK(std::find(strings.begin(), strings.end(), kept) != strings.end());
}

TEST_CASE("a run that fits is carried whole") {
  const Sample sample = sample_run(60);
  const auto data = data_of(render_report(input_of(sample, milliseconds(600))));
  CHECK(data["stepsTotal"] == sample.steps);
  CHECK(data["steps"]["at"].size() == sample.steps);
  CHECK(data["spans"] == nlohmann::json::parse("[[0,600000000]]"));
  CHECK(data["reigns"].size() == 2);
  CHECK(data["operations"]["total"] == sample.history.size());
  CHECK(data["operations"]["id"].size() == sample.history.size());
  // n1 and n2 on one side, n3 to n5 on the other; the clients reach both.
  CHECK(data["faultGroups"][0] == nlohmann::json::parse("[0,0,1,1,1,-1,-1]"));
}

TEST_CASE("columns hold differences, messages point at their steps") {
  const Sample sample = sample_run(6);
  const auto data = data_of(render_report(input_of(sample, milliseconds(60))));
  const auto& messages = data["messages"];
  std::int64_t sent = 0;
  std::vector<std::int64_t> at;
  for (const auto& difference : data["steps"]["at"])
    at.push_back((at.empty() ? 0 : at.back()) + difference.get<std::int64_t>());
  for (std::size_t m = 0; m < messages["sent"].size(); ++m) {
    sent += messages["sent"][m].get<std::int64_t>();
    const auto sender = messages["sentStep"][m].get<std::size_t>();
    CHECK(at[sender] == sent);
    const auto receiver = messages["gotStep"][m].get<std::int64_t>();
    if (receiver >= 0)
      CHECK(at[static_cast<std::size_t>(receiver)] ==
            sent + messages["flight"][m].get<std::int64_t>());
  }
}

TEST_CASE("a page without anything is still a page") {
  ReportInput input;
  const auto data = data_of(render_report(input));
  CHECK(data["steps"]["at"].empty());
  CHECK(data["nodes"] == 0);
}

TEST_CASE("of a run that does not fit, the stretches that matter are carried whole") {
  const Sample sample = sample_run(3000);
  ReportInput input = input_of(sample, milliseconds(30'000));
  input.max_steps = 4000;
  const auto data = data_of(render_report(input));
  const std::size_t carried = data["steps"]["at"].size();
  CHECK(carried <= 4000);
  CHECK(carried > 3000);
  // The cut and the election after it are in one stretch.
  const auto& spans = data["spans"];
  CHECK(std::any_of(spans.begin(), spans.end(), [](const auto& span) {
    return span[0] < 15'000'000'000 && span[1] > 15'084'000'000;
  }));
  CHECK(data["bands"].size() > 0);
  CHECK(data["stepsTotal"] == sample.steps);
}

TEST_CASE("steps that the trace left out end a stretch") {
  Sample sample = sample_run(10);
  sample.lines.erase(sample.lines.begin() + 20, sample.lines.begin() + 30);
  const std::vector<bool> all(sample.lines.size(), true);
  const auto spans = complete_spans(sample.lines, all);
  REQUIRE(spans.size() == 2);
  CHECK(spans[0].to < spans[1].from);
}

TEST_CASE("groups under a cut") {
  using Groups = std::vector<std::int64_t>;
  CHECK(groups_under_cut(3, 3, {}) == Groups{});
  // Cut in one direction only: they cannot talk, yet both can with the third.
  CHECK(groups_under_cut(3, 3, {{0, 1}}) == Groups{});
  CHECK(groups_under_cut(3, 3, {{0, 1}, {0, 2}}) == Groups{0, 1, 1});
  // A client that reaches one side only belongs to it.
  CHECK(groups_under_cut(2, 4, {{0, 1}, {2, 0}, {1, 3}}) == Groups{0, 1, 1, 0});
  CHECK(groups_under_cut(2, 1000, {{0, 1}}) == Groups{});
}

HistoryOperation operation(std::int64_t from, std::int64_t took,
                           HistoryOperation::Outcome outcome) {
  HistoryOperation made;
  made.invoked = Instant(from);
  made.returned = Instant(from + took);
  made.outcome = outcome;
  return made;
}

TEST_CASE("windows have a round width and count every operation") {
  using enum HistoryOperation::Outcome;
  const std::vector<HistoryOperation> history{operation(0, 300'000'000, ok), operation(5, 10, ok),
                                              operation(7, 1, failed), operation(9, 0, unknown)};
  const ClientWindows found = client_windows(history, seconds(30));
  CHECK(found.width == milliseconds(200));
  CHECK(found.windows.size() == 151);
  CHECK(found.windows[0].ok == 1);
  CHECK(found.windows[1].ok == 1);
  CHECK(found.windows[0].p50 == 10);
  CHECK(found.windows[0].p99 == 300'000'000);
  CHECK(found.windows[0].failed == 1);
  CHECK(found.windows[0].unknown == 1);
  CHECK(found.windows[1].p50 == -1);
  CHECK(client_totals(history).ok == 2);
  CHECK(client_totals({}).p50 == -1);
  CHECK(client_windows({}, Duration(0)).windows.size() == 1);
}

TEST_CASE("listed operations: the troubled, the slowest, and every n-th of the others") {
  using enum HistoryOperation::Outcome;
  std::vector<HistoryOperation> history;
  for (int i = 0; i < 10'000; ++i)
    history.push_back(operation(i, i == 5001 ? 999 : 5, i % 1000 == 3 ? unknown : ok));
  const ChosenOperations chosen = choose_operations(history, 100);
  CHECK(chosen.places.size() <= 100);
  CHECK(chosen.places.size() > 80);
  CHECK(std::is_sorted(chosen.places.begin(), chosen.places.end()));
  CHECK(std::binary_search(chosen.places.begin(), chosen.places.end(), std::size_t{5001}));
  for (std::size_t i = 3; i < 10'000; i += 1000)
    CHECK(std::binary_search(chosen.places.begin(), chosen.places.end(), i));
  CHECK(chosen.every > 100);
  CHECK(choose_operations(history, 20'000).places.size() == 10'000);
  CHECK(choose_operations(history, 20'000).every == 1);
}

}  // namespace
}  // namespace lockstep::sim
