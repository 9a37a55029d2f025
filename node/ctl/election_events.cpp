// `lockstepctl election events`: what the members' trails kept, merged by the members' own clocks.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "node/ctl/commands.hpp"
#include "node/ctl/everybody.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {
namespace {

using OrderedJson = nlohmann::ordered_json;

struct Happened {
  std::string time;  // RFC 3339 in UTC, which sorts as text
  std::uint32_t node = 0;
  std::uint64_t sequence = 0;
  Place place;
  OrderedJson event;
};

// "" or why there are none.
std::string take_events(const Heard& heard, std::vector<Happened>& events) {
  const Answer& answer = heard.answer;
  if (answer.status == 0) return answer.error;
  if (answer.status != 200) return fmt::format("({}) {}", answer.status, reason_in(answer));
  std::vector<Happened> taken;
  try {
    const auto json = OrderedJson::parse(answer.body);
    for (const auto& event : json.at("events")) {
      (void)event.at("text").get_ref<const std::string&>();
      taken.push_back({event.at("time").get<std::string>(), heard.server.id,
                       event.at("sequence").get<std::uint64_t>(), heard.server.place, event});
    }
  } catch (const OrderedJson::exception&) {
    return "its answer is no list of an election's events";
  }
  events.insert(events.end(), taken.begin(), taken.end());
  return "";
}

void print_event(const Common& common, const Happened& happened) {
  if (common.json) {
    OrderedJson line{{"node", happened.node}, {"server", happened.place.text()}};
    line.update(happened.event);
    fmt::print("{}\n", line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
    return;
  }
  fmt::print("{}  {:<4} {:>5}  {}\n", happened.time, fmt::format("n{}", happened.node),
             happened.sequence, happened.event.at("text").get<std::string>());
}

}  // namespace

int election_events(const Common& common) {
  std::vector<Happened> events;
  std::string missing;
  bool told = false, refused = false;
  for (const Heard& heard : ask_everybody(common, "/v1/election/events?after=0")) {
    const std::string why = take_events(heard, events);
    told = told || why.empty();
    refused = refused || heard.answer.status != 0;
    if (!why.empty()) missing += fmt::format("\n  {}: {}", heard.server.place.text(), why);
  }
  if (!told) {
    throw Stop(refused ? exit_refused : exit_no_server,
               "no member tells of an election; is election.quorum set?" + missing);
  }
  std::stable_sort(events.begin(), events.end(), [](const Happened& a, const Happened& b) {
    return std::tie(a.time, a.node, a.sequence) < std::tie(b.time, b.node, b.sequence);
  });
  for (const Happened& happened : events) print_event(common, happened);
  if (!missing.empty()) fmt::print(stderr, "lockstepctl: without those of:{}\n", missing);
  return exit_ok;
}

}  // namespace lockstep::ctl
