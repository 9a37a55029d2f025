// `lockstepctl messages status`: what every member says of its log, and where they disagree.
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

// GET /v1/lamport (docs/messages.md), as far as the table shows it.
struct LogOpinion {
  std::uint32_t node = 0;
  std::string mode, role;
  std::optional<std::uint32_t> leader;
  std::uint64_t clock = 0, messages = 0, waiting = 0, violations = 0;
  double shown = 0, p99 = 0;
};

LogOpinion read_log_opinion(const nlohmann::json& json) {
  LogOpinion opinion{.node = json.at("node").get<std::uint32_t>(),
                     .mode = json.at("mode").get<std::string>(),
                     .role = json.at("role").get<std::string>(),
                     .leader = std::nullopt,
                     .clock = json.at("clock").get<std::uint64_t>(),
                     .messages = json.at("log").at("messages").get<std::uint64_t>(),
                     .waiting = json.at("waiting").get<std::uint64_t>(),
                     .violations = json.at("violations").get<std::uint64_t>(),
                     .shown = json.at("per_s").at("shown").get<double>(),
                     .p99 = json.at("posts").at("p99_ms").get<double>()};
  if (!json.at("leader").is_null()) opinion.leader = json.at("leader").get<std::uint32_t>();
  return opinion;
}

struct LogVoice {
  Heard heard;
  std::optional<LogOpinion> opinion;
  std::string why;  // there is none
};

LogVoice log_voice_of(Heard heard) {
  LogVoice voice{std::move(heard), std::nullopt, ""};
  const Answer& answer = voice.heard.answer;
  if (answer.status != 200) {
    voice.why = answer.status == 0
                    ? "unreachable: " + answer.error
                    : fmt::format("no messages ({}): {}", answer.status, reason_in(answer));
    return voice;
  }
  try {
    voice.opinion = read_log_opinion(nlohmann::json::parse(answer.body));
    if (voice.heard.server.id != 0 && voice.opinion->node != voice.heard.server.id) {
      voice.why = fmt::format("says that it is node {}", voice.opinion->node);
      voice.opinion.reset();
    }
  } catch (const nlohmann::json::exception&) {
    voice.why = "its answer is no status of a message log";
  }
  return voice;
}

std::vector<std::string> log_quarrels(const std::vector<LogVoice>& voices) {
  std::set<std::string> modes;
  std::set<std::uint32_t> leaders;
  std::set<std::uint64_t> lengths;
  std::vector<std::string> views, logs, lines;
  for (const LogVoice& voice : voices) {
    if (!voice.opinion) continue;
    const LogOpinion& said = *voice.opinion;
    modes.insert(said.mode);
    leaders.insert(said.leader.value_or(0));
    lengths.insert(said.messages);
    views.push_back(fmt::format("node {} says {}", said.node,
                                said.leader ? fmt::format("{}", *said.leader) : "none"));
    logs.push_back(fmt::format("node {} shows {}", said.node, said.messages));
  }
  if (modes.size() > 1) lines.emplace_back("members run different modes; give all the same one");
  if (leaders.size() > 1)
    lines.push_back(fmt::format("members disagree about the leader: {}", fmt::join(views, ", ")));
  if (modes.contains("replicated") && leaders == std::set<std::uint32_t>{0})
    lines.emplace_back("no member that answers knows a leader");
  if (lengths.size() > 1)
    lines.push_back(fmt::format("not all show the same: {}", fmt::join(logs, ", ")));
  return lines;
}

void print_log_voices(const std::vector<LogVoice>& voices, const std::vector<std::string>& lines) {
  std::vector<std::vector<std::string>> table{{"ID", "SERVER", "ROLE", "LEADER", "CLOCK",
                                               "MESSAGES", "WAITING", "VIOLATIONS", "SHOWN/S",
                                               "P99"}};
  for (const LogVoice& voice : voices) {
    const Known& server = voice.heard.server;
    if (!voice.opinion) {
      table.push_back({name_of(server), server.place.text(), voice.why});
      continue;
    }
    const LogOpinion& said = *voice.opinion;
    table.push_back({name_of(server), server.place.text(), said.role,
                     said.leader ? fmt::format("{}", *said.leader) : "none",
                     fmt::format("{}", said.clock), fmt::format("{}", said.messages),
                     fmt::format("{}", said.waiting), fmt::format("{}", said.violations),
                     fmt::format("{:.1f}", said.shown), fmt::format("{:.1f} ms", said.p99)});
  }
  print_columns(table);
  for (const std::string& line : lines) fmt::print("{}\n", line);
}

}  // namespace

int messages_status(const Common& common) {
  std::vector<LogVoice> voices;
  for (Heard& heard : ask_everybody(common, "/v1/lamport"))
    voices.push_back(log_voice_of(std::move(heard)));
  const std::vector<std::string> lines = log_quarrels(voices);
  if (!common.json) {
    print_log_voices(voices, lines);
    return exit_ok;
  }
  std::vector<Said> members;
  for (const LogVoice& voice : voices) {
    members.push_back(
        {voice.heard.server, voice.opinion ? voice.heard.answer.body : "", voice.why});
  }
  print_as_json(members, lines);
  return exit_ok;
}

}  // namespace lockstep::ctl
