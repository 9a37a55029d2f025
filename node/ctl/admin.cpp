// `lockstepctl campaign`, `transfer` and `faults`: what only an operator may do.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {
namespace {

std::optional<std::uint32_t> number_in(const std::string& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A number is a member's id and asked for; anything else is an address.
Place place_of(const Common& common, const std::string& target) {
  const auto id = number_in(target);
  if (!id) {
    const auto places = parse_places(target);
    if (places.size() != 1) throw Stop(exit_usage, "name one server: an id or HOST:PORT");
    return places.front();
  }
  std::string ids;
  for (const Known& known : discover(common)) {
    if (known.id == *id) return known.place;
    if (known.id != 0) ids += fmt::format("{}{}", ids.empty() ? "" : ", ", known.id);
  }
  throw Stop(exit_usage, fmt::format("{} is no member; the members are {}", *id, ids));
}

void post(const Common& common, const AdminWords& words, const Place& place,
          const std::string& target, const std::string& body) {
  if (words.token.empty()) {
    throw Stop(exit_usage,
               "admin calls need the servers' admin.token: give it with --token or, "
               "unseen by others, in LOCKSTEP_ADMIN_TOKEN");
  }
  const Answer answer = ask({.place = place,
                             .method = "POST",
                             .target = target,
                             .headers = {{"Authorization", "Bearer " + words.token},
                                         {"Content-Type", "application/json"}},
                             .body = body},
                            common.timeout);
  if (answer.status == 0) throw Stop(exit_no_server, place.text() + ": " + answer.error);
  if (answer.status < 300) return;
  const bool refused = answer.status == 401 || answer.status == 403 || answer.status == 404 ||
                       answer.status == 405 || answer.status == 501;
  const int code = refused ? exit_refused : answer.status == 400 ? exit_usage : exit_failed;
  throw Stop(code,
             fmt::format("{} refuses ({}): {}", place.text(), answer.status, reason_in(answer)));
}

int print_outcome(const Common& common, std::string_view word, const Place& place) {
  if (common.json) {
    fmt::print("{{\"outcome\":\"{}\",\"server\":{}}}\n", word, json_text(place.text()));
  } else {
    fmt::print("{} at {}\n", word, place.text());
  }
  return exit_ok;
}

bool is_ratio(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos) return false;
  const auto over = number_in(text.substr(0, slash)), under = number_in(text.substr(slash + 1));
  return over && under && *under > 0 && *over <= *under;
}

// "" if the words fit together, or what is wrong with them.
std::string wrong_with(const FaultWords& words) {
  const bool link = words.cut || words.delay || !words.drop.empty() || !words.duplicate.empty();
  const bool chosen = words.peer != 0 || words.in || words.out;
  for (const std::string& share : {words.drop, words.duplicate}) {
    if (!share.empty() && !is_ratio(share))
      return fmt::format("\"{}\" is no share of messages; write it as 1/10", share);
  }
  if (words.pause && (link || words.clear || chosen || words.disk_delay))
    return "--pause stands alone";
  if (words.disk_delay && (link || words.clear || chosen)) return "--disk-delay stands alone";
  if (words.clear && link) return "--clear ends faults; give it without --cut, --delay and others";
  if (!link && !words.clear && !words.pause && !words.disk_delay)
    return "say which fault: --cut, --delay, --drop, --duplicate, --pause, --disk-delay, or "
           "--clear";
  return "";
}

// Without any fault it heals the link.
std::string link_json(const FaultWords& words, std::uint32_t peer) {
  std::string json = fmt::format(R"({{"peer":{},"direction":"{}")", peer,
                                 words.in == words.out ? "both"
                                 : words.in            ? "in"
                                                       : "out");
  if (words.cut) json += R"(,"cut":true)";
  if (words.delay) json += fmt::format(R"(,"delay_ms":{})", words.delay->milliseconds());
  if (!words.drop.empty()) json += R"(,"drop":)" + json_text(words.drop);
  if (!words.duplicate.empty()) json += R"(,"duplicate":)" + json_text(words.duplicate);
  return json + "}";
}

std::vector<std::uint32_t> others(const Common& common, const Place& place) {
  const Answer answer = ask({.place = place, .target = "/v1/status"}, common.timeout);
  const auto status = parse_status(answer.body);
  if (!status)
    throw Stop(exit_no_server, place.text() + ": " +
                                   (answer.status == 0 ? answer.error : "its status is no status"));
  std::vector<std::uint32_t> ids;
  for (const auto& member : status->members) {
    if (member.id != status->id) ids.push_back(member.id);
  }
  return ids;
}

}  // namespace

int campaign(const Common& common, const AdminWords& words) {
  const Place place = place_of(common, words.target);
  post(common, words, place, "/v1/admin/campaign", "");
  return print_outcome(common, "started", place);
}

int transfer(const Common& common, const AdminWords& words) {
  std::uint32_t to = 0;
  if (!words.target.empty()) {
    const auto id = number_in(words.target);
    if (!id) throw Stop(exit_usage, "\"" + words.target + "\" is no id of a member");
    to = *id;
  }
  const auto known = discover(common);
  const auto up =
      std::find_if(known.begin(), known.end(), [](const Known& k) { return k.id != 0; });
  if (up == known.end()) throw Stop(exit_no_server, "no server answers");
  const Place place = up->place;
  post(common, words, place,
       to == 0 ? "/v1/admin/transfer" : fmt::format("/v1/admin/transfer?to={}", to), "");
  return print_outcome(common, "started", place);
}

int faults(const Common& common, const FaultWords& words) {
  const std::string wrong = wrong_with(words);
  if (!wrong.empty()) throw Stop(exit_usage, wrong);
  const Place place = place_of(common, words.admin.target);
  const auto send = [&](const std::string& body) {
    post(common, words.admin, place, "/v1/admin/faults", body);
  };
  if (words.pause) {
    send(fmt::format(R"({{"pause_ms":{}}})", words.pause->ns() / 1'000'000));
  } else if (words.disk_delay) {
    send(fmt::format(R"({{"disk_delay_ms":{}}})", words.disk_delay->milliseconds()));
  } else if (words.clear && words.peer == 0 && words.in == words.out) {
    send(R"({"clear":true})");
  } else {
    const auto peers =
        words.peer != 0 ? std::vector<std::uint32_t>{words.peer} : others(common, place);
    for (const std::uint32_t peer : peers) send(link_json(words, peer));
  }
  return print_outcome(common, "done", place);
}

}  // namespace lockstep::ctl
