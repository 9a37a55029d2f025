// `lockstepctl election status`: what every member says of the election, and where they disagree.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "node/ctl/commands.hpp"
#include "node/ctl/everybody.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {
namespace {

using Json = nlohmann::json;

// GET /v1/election/status (docs/election.md), as far as the table shows it.
struct Opinion {
  std::uint32_t node = 0;
  std::string role;
  std::optional<std::uint32_t> leader;
  std::uint64_t epoch = 0;
  std::string token, lease, score, failure, struck;  // as shown
};

constexpr const char* none = "-";

std::string struck_in(const Json& list) {
  std::string text;
  for (const Json& one : list) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", one.at("node").get<std::uint32_t>(),
                        one.at("offence").get<std::string>());
  }
  return text.empty() ? none : text;
}

Opinion read_opinion(const Json& json) {
  Opinion opinion{.node = json.at("node").get<std::uint32_t>(),
                  .role = json.at("role").get<std::string>(),
                  .leader = std::nullopt,
                  .epoch = json.at("epoch").get<std::uint64_t>(),
                  .token = none,
                  .lease = none,
                  .score = "",
                  .failure = "",
                  .struck = struck_in(json.at("struck"))};
  if (!json.at("leader").is_null()) opinion.leader = json.at("leader").get<std::uint32_t>();
  if (const Json& token = json.at("token"); !token.is_null()) {
    opinion.token = fmt::format("{}.{}", token.at("epoch").get<std::uint64_t>(),
                                token.at("number").get<std::uint64_t>());
  }
  if (const Json& left = json.at("lease_ms"); !left.is_null())
    opinion.lease = fmt::format("{:.1f} s", left.get<double>() / 1000);
  opinion.score = fmt::format("{:.3f}", json.at("score").at("total").get<double>() / 1000);
  opinion.failure =
      fmt::format("{:.1f} %", json.at("prediction").at("probability").get<double>() / 10);
  return opinion;
}

struct Voice {
  Heard heard;
  std::optional<Opinion> opinion;
  std::string why;  // there is none
};

Voice voice_of(Heard heard) {
  Voice voice{std::move(heard), std::nullopt, ""};
  const Answer& answer = voice.heard.answer;
  if (answer.status != 200) {
    voice.why = answer.status == 0
                    ? "unreachable: " + answer.error
                    : fmt::format("no election ({}): {}", answer.status, reason_in(answer));
    return voice;
  }
  try {
    voice.opinion = read_opinion(Json::parse(answer.body));
    if (voice.heard.server.id != 0 && voice.opinion->node != voice.heard.server.id) {
      voice.why = fmt::format("says that it is node {}", voice.opinion->node);
      voice.opinion.reset();
    }
  } catch (const Json::exception&) {
    voice.why = "its answer is no status of an election";
  }
  return voice;
}

std::vector<std::string> quarrels(const std::vector<Voice>& voices) {
  std::set<std::pair<std::uint64_t, std::uint32_t>> views;
  std::vector<std::string> leading, opinions, lines;
  for (const Voice& voice : voices) {
    if (!voice.opinion) continue;
    const Opinion& said = *voice.opinion;
    views.emplace(said.epoch, said.leader.value_or(0));
    opinions.push_back(fmt::format("node {} says {} in epoch {}", said.node,
                                   said.leader ? fmt::format("{}", *said.leader) : "none",
                                   said.epoch));
    if (said.role == "coordinator")
      leading.push_back(fmt::format("node {} in epoch {}", said.node, said.epoch));
  }
  if (leading.size() > 1) {
    lines.push_back(
        fmt::format("{} members say that they lead: {}; resources refuse all tokens but the newest",
                    leading.size(), fmt::join(leading, ", ")));
  }
  if (leading.empty()) lines.emplace_back("no member that answers leads");
  if (views.size() > 1) {
    lines.push_back(fmt::format("members disagree about the leader or the epoch: {}",
                                fmt::join(opinions, ", ")));
  }
  return lines;
}

void print_voices(const std::vector<Voice>& voices, const std::vector<std::string>& lines) {
  std::vector<std::vector<std::string>> table{
      {"ID", "SERVER", "ROLE", "LEADER", "EPOCH", "TOKEN", "LEASE", "SCORE", "FAILURE", "STRUCK"}};
  for (const Voice& voice : voices) {
    const Known& server = voice.heard.server;
    if (!voice.opinion) {
      table.push_back({name_of(server), server.place.text(), voice.why});
      continue;
    }
    const Opinion& said = *voice.opinion;
    table.push_back({name_of(server), server.place.text(), said.role,
                     said.leader ? fmt::format("{}", *said.leader) : "none",
                     fmt::format("{}", said.epoch), said.token, said.lease, said.score,
                     said.failure, said.struck});
  }
  print_columns(table);
  for (const std::string& line : lines) fmt::print("{}\n", line);
}

}  // namespace

int election_status(const Common& common) {
  std::vector<Voice> voices;
  for (Heard& heard : ask_everybody(common, "/v1/election/status"))
    voices.push_back(voice_of(std::move(heard)));
  const std::vector<std::string> lines = quarrels(voices);
  if (!common.json) {
    print_voices(voices, lines);
    return exit_ok;
  }
  std::vector<Said> members;
  for (const Voice& voice : voices) {
    members.push_back(
        {voice.heard.server, voice.opinion ? voice.heard.answer.body : "", voice.why});
  }
  print_as_json(members, lines);
  return exit_ok;
}

}  // namespace lockstep::ctl
