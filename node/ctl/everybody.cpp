#include "node/ctl/everybody.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::ctl {

std::vector<Heard> ask_everybody(const Common& common, const std::string& target) {
  const std::vector<Known> servers = discover(common);
  std::vector<Question> questions;
  for (const Known& server : servers)
    questions.push_back({.place = server.place, .target = target});
  const Duration wait = std::min(common.timeout, seconds(2));
  std::vector<Answer> answers = ask(questions, wait, wait);
  std::vector<Heard> heard;
  for (std::size_t i = 0; i < servers.size(); ++i)
    heard.push_back({servers[i], std::move(answers[i])});
  return heard;
}

std::string name_of(const Known& server) {
  return server.id == 0 ? "-" : fmt::format("{}", server.id);
}

std::string why_nothing(const Answer& answer) {
  if (answer.status == 0) return answer.error;
  return fmt::format("answers {}, but not as a lockstepd", answer.status);
}

void print_columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  const auto in_columns = [&](const std::vector<std::string>& row) {
    return row.size() - (row.size() < widths.size() ? 1 : 0);
  };
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < in_columns(row); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < in_columns(row); ++i)
      line += fmt::format("{:<{}}  ", row[i], widths[i]);
    if (in_columns(row) < row.size()) line += row.back();
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

void print_as_json(const std::vector<Said>& members,
                   const std::vector<std::string>& disagreements) {
  std::string list, lines;
  for (const Said& said : members) {
    list += fmt::format(
        R"({}{{"id":{},"server":{},{}}})", list.empty() ? "" : ",",
        said.server.id == 0 ? "null" : name_of(said.server), json_text(said.server.place.text()),
        said.json.empty() ? R"("unreachable":)" + json_text(said.why) : R"("status":)" + said.json);
  }
  for (const std::string& line : disagreements)
    lines += (lines.empty() ? "" : ",") + json_text(line);
  fmt::print(R"({{"members":[{}],"disagreements":[{}]}})"
             "\n",
             list, lines);
}

}  // namespace lockstep::ctl
