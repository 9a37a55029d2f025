#include "node/ctl/cluster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "node/client/reason.hpp"
#include "node/config/parse.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {
namespace {

using Json = nlohmann::json;

// How long servers that have not answered are waited for once one has: theirs may be the address
// that works from here.
constexpr Duration patience = milliseconds(100);

std::optional<Place> place_in(const std::string& text) {
  node::Value value;
  value.text = text;
  const auto address = node::parse_address(value);
  if (!address.value) return std::nullopt;
  return Place{address.value->host, address.value->port};
}

std::optional<Status> read_status(const Json& json) {
  Status status;
  status.id = json.at("id").get<std::uint32_t>();
  status.cluster = json.at("cluster").get<std::string>();
  status.role = json.at("role").get<std::string>();
  status.term = json.at("term").get<std::uint64_t>();
  if (!json.at("leader").is_null()) status.leader = json.at("leader").get<std::uint32_t>();
  const Json& log = json.at("log");
  status.last = log.at("last").get<std::uint64_t>();
  status.commit = log.at("commit").get<std::uint64_t>();
  status.applied = log.at("applied").get<std::uint64_t>();
  status.uptime_seconds = json.at("uptime_seconds").get<double>();
  status.sync_p99_ms = json.at("disk").at("sync_p99_ms").get<double>();
  for (const Json& member : json.at("members")) {
    const auto place = place_in(member.at("api").get<std::string>());
    if (place) status.members.push_back({member.at("id").get<std::uint32_t>(), *place});
    if (member.value("connected", false)) ++status.connected;
  }
  const auto is_self = [&](const Status::Member& member) { return member.id == status.id; };
  if (std::none_of(status.members.begin(), status.members.end(), is_self)) return std::nullopt;
  return status;
}

[[noreturn]] void nobody_answers(const std::vector<Place>& places,
                                 const std::vector<Answer>& answers) {
  std::string why =
      "no server answers; is lockstepd running, and are these its API addresses "
      "(--servers or LOCKSTEP_SERVERS)?";
  for (std::size_t i = 0; i < places.size(); ++i) {
    why += fmt::format("\n  {}: {}", places[i].text(),
                       answers[i].status == 0
                           ? answers[i].error
                           : fmt::format("answers {}, but not as a lockstepd", answers[i].status));
  }
  throw Stop(exit_no_server, why);
}

}  // namespace

std::optional<Status> parse_status(const std::string& json) {
  try {
    auto status = read_status(Json::parse(json));
    if (status) status->json = json;
    return status;
  } catch (const Json::exception&) {
    return std::nullopt;  // which of its parts is wrong is of no use to anyone
  }
}

std::vector<Place> parse_places(const std::string& text) {
  std::vector<Place> places;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    const std::string one = text.substr(from, comma - from);
    const auto place = place_in(one);
    if (!place) {
      throw Stop(exit_usage, fmt::format("servers: \"{}\" is no address; write HOST:PORT,HOST:PORT,"
                                         "… as in 127.0.0.1:7001",
                                         one));
    }
    if (std::find(places.begin(), places.end(), *place) == places.end()) places.push_back(*place);
    from = comma + 1;
  }
  return places;
}

std::vector<Known> discover(const Common& common) {
  const std::vector<Place> places = parse_places(common.servers);
  std::vector<Question> questions;
  for (const Place& place : places) questions.push_back({.place = place, .target = "/v1/status"});
  const std::vector<Answer> answers = ask(questions, common.timeout, patience);

  std::map<std::uint32_t, Place> members;
  std::map<std::uint32_t, Place> reached;
  std::optional<std::pair<std::string, Place>> cluster;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto status = answers[i].status == 200 ? parse_status(answers[i].body) : std::nullopt;
    if (!status) continue;
    if (!cluster) cluster = {status->cluster, places[i]};
    if (cluster->first != status->cluster) {
      throw Stop(exit_usage, fmt::format("{} belongs to cluster \"{}\" and {} to \"{}\"; name the "
                                         "servers of one cluster",
                                         cluster->second.text(), cluster->first, places[i].text(),
                                         status->cluster));
    }
    reached.emplace(status->id, places[i]);
    for (const auto& member : status->members) members.emplace(member.id, member.api);
  }
  if (!cluster) nobody_answers(places, answers);
  for (const auto& [id, place] : reached) members[id] = place;

  std::vector<Known> known;
  for (const auto& [id, place] : members) known.push_back({id, place, reached.contains(id)});
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool listed = std::any_of(known.begin(), known.end(),
                                    [&](const Known& one) { return one.place == places[i]; });
    if (!listed && answers[i].status == 0) known.push_back({0, places[i]});
  }
  return known;
}

std::string reason_in(const Answer& answer) { return node::reason_in(answer.body); }

std::string json_text(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lockstep::ctl
