// `lockstepctl messages post`: one message, tried at one member after another under one name.
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>

#include "net/driver/alarm.hpp"
#include "node/config/value.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {
namespace {

constexpr auto pause_between_tries = std::chrono::milliseconds(100);

std::string fresh_name() {
  std::random_device random;
  const std::uint64_t origin = (std::uint64_t{random()} << 32U) | random() | 1U;
  return fmt::format("{}.1", origin);
}

// Nothing happened there, and nothing will.
bool was_not_posted(const Answer& answer) {
  if (answer.status == 0) return answer.error.starts_with("cannot connect");
  return answer.status == 503 || answer.status == 507;
}

// {"outcome":"done","stamp":{"time":120,"node":3},"origin":"77.1"}
int print_posted(const Common& common, const Place& place, const Answer& answer) {
  const auto json = nlohmann::ordered_json::parse(answer.body, nullptr, false);
  const nlohmann::json::json_pointer time("/stamp/time"), node("/stamp/node");
  if (!json.is_object() || !json.contains(time) || !json.contains(node))
    throw Stop(exit_failed, place.text() + ": its answer names no stamp");
  if (common.json) {
    fmt::print("{}\n", json.dump());
  } else {
    fmt::print("done as {}.{} at {}\n", json[time].dump(), json[node].dump(), place.text());
  }
  return exit_ok;
}

int print_not_posted(const Common& common, bool unknown, const std::string& why) {
  const char* outcome = unknown ? "unknown" : "failed";
  if (common.json) fmt::print("{{\"outcome\":\"{}\",\"reason\":{}}}\n", outcome, json_text(why));
  fmt::print(stderr, "lockstepctl: {}: {}; {}\n", outcome, why,
             unknown ? "it may be in the log, or come there"
                     : "nothing was added: `lockstepctl messages status` shows who leads");
  return unknown ? exit_unknown : exit_failed;
}

}  // namespace

int messages_post(const Common& common, const std::string& text) {
  if (!node::is_utf8(text)) throw Stop(exit_usage, "a message is a text in UTF-8");
  const Instant end = net::now() + common.timeout;
  const std::vector<Known> servers = discover(common);
  const std::string name = fresh_name();
  bool unknown = false;
  std::string why;
  for (std::size_t next = 0;; next = (next + 1) % servers.size()) {
    const Duration left = end - net::now();
    if (left <= Duration()) return print_not_posted(common, unknown, why);
    const Place& place = servers[next].place;
    const Answer answer =
        ask({.place = place,
             .method = "POST",
             .target = "/v1/messages",
             .headers = {{"Idempotency-Key", name}, {"Content-Type", "text/plain"}},
             .body = text},
            left);
    if (answer.status == 200) return print_posted(common, place, answer);
    why = place.text() + ": " +
          (answer.status == 0 ? answer.error
                              : fmt::format("({}) {}", answer.status, reason_in(answer)));
    if (answer.status >= 400 && answer.status < 500) {
      if (unknown) return print_not_posted(common, true, why);
      throw Stop(exit_refused, "refused by " + why);
    }
    unknown = unknown || !was_not_posted(answer);
    std::this_thread::sleep_for(pause_between_tries);
  }
}

}  // namespace lockstep::ctl
