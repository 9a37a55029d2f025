// `lockstepctl campaign`, `transfer` and `faults`: what only an operator may do.
#include <fmt/format.h>

#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/ctl/order.hpp"

namespace lockstep::ctl {
namespace {

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
  const std::string& token = token_of(words);
  return carry_out(
      common,
      {.place = place_of(common, words.target), .target = "/v1/admin/campaign", .token = token},
      "started");
}

int transfer(const Common& common, const AdminWords& words) {
  Order order{.place = {}, .target = "/v1/admin/transfer", .token = token_of(words)};
  if (!words.target.empty()) {
    const auto to = number_in(words.target);
    if (!to) throw Stop(exit_usage, "\"" + words.target + "\" is no id of a member");
    order.target += fmt::format("?to={}", *to);
  }
  order.place = anybody(common);
  return carry_out(common, order, "started");
}

int faults(const Common& common, const FaultWords& words) {
  const std::string wrong = wrong_with(words);
  if (!wrong.empty()) throw Stop(exit_usage, wrong);
  const std::string& token = token_of(words.admin);
  const Place place = place_of(common, words.admin.target);
  const auto send = [&](const std::string& body) {
    Order order{.place = place, .target = "/v1/admin/faults", .body = body, .token = token};
    expect_taken(order, give(common, order));
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
