// `lockstepctl election start`, `hand-over`, `guard` and `vitals`: what makes members act.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/ctl/order.hpp"

namespace lockstep::ctl {
namespace {

// It went out, and nobody says what became of it.
bool is_unknown(const Answer& answer) {
  if (answer.status == 0) return !answer.error.starts_with("cannot connect");
  return answer.status >= 500 && answer.status != 501 && answer.status != 503 &&
         answer.status != 507;
}

int print_unknown(const Common& common, const Order& order, const Answer& answer) {
  const std::string why =
      answer.status == 0 ? answer.error : fmt::format("({}) {}", answer.status, reason_in(answer));
  if (common.json) fmt::print("{{\"outcome\":\"unknown\",\"reason\":{}}}\n", json_text(why));
  fmt::print(stderr, "lockstepctl: unknown: {}: {}; some resources may have taken it, or may yet\n",
             order.place.text(), why);
  return exit_unknown;
}

// {"outcome":"done","token":{"epoch":3,"number":7}}
int print_guarded(const Common& common, const Order& order, const Answer& answer) {
  const auto json = nlohmann::ordered_json::parse(answer.body, nullptr, false);
  const nlohmann::json::json_pointer epoch("/token/epoch"), number("/token/number");
  if (!json.is_object() || !json.contains(epoch) || !json.contains(number))
    throw Stop(exit_failed, order.place.text() + ": its answer names no token");
  if (common.json) {
    fmt::print("{}\n", json.dump());
  } else {
    fmt::print("done under token {}.{} at {}\n", json[epoch].dump(), json[number].dump(),
               order.place.text());
  }
  return exit_ok;
}

// {"cpu":0.9,"load":null} of "cpu=0.9" and "load=null". The server knows the keys and their ranges.
std::string vitals_json(const std::vector<std::string>& words) {
  auto json = nlohmann::ordered_json::object();
  for (const std::string& word : words) {
    const std::size_t sign = std::min(word.find('='), word.size());
    const std::string key = word.substr(0, sign);
    const auto value =
        nlohmann::ordered_json::parse(word.substr(std::min(sign + 1, word.size())), nullptr, false);
    if (key.empty() || !(value.is_number() || value.is_null()))
      throw Stop(exit_usage, fmt::format("\"{}\" is no vital; write cpu=0.9, or cpu=null to have "
                                         "it measured again",
                                         word));
    if (json.contains(key)) throw Stop(exit_usage, "\"" + key + "\" is said twice");
    json[key] = value;
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

int election_start(const Common& common, const std::string& target) {
  return carry_out(common, {.place = place_of(common, target), .target = "/v1/election/start"},
                   "started");
}

int election_hand_over(const Common& common, const AdminWords& words) {
  const std::string& token = token_of(words);
  return carry_out(common,
                   {.place = anybody(common), .target = "/v1/admin/hand_over", .token = token},
                   "started");
}

int election_guard(const Common& common, const std::string& key, const std::string& value) {
  if (key.empty()) throw Stop(exit_usage, "a key has at least one byte");
  Order order{.place = anybody(common),
              .target = "/v1/guarded/" + percent_encoded(key),
              .body = value,
              .type = "application/octet-stream"};
  const Answer answer = give(common, order);
  if (is_unknown(answer)) return print_unknown(common, order, answer);
  expect_taken(order, answer);
  return print_guarded(common, order, answer);
}

int election_vitals(const Common& common, const AdminWords& words,
                    const std::vector<std::string>& vitals) {
  const std::string& token = token_of(words);
  const std::string body = vitals_json(vitals);
  return carry_out(common,
                   {.place = place_of(common, words.target),
                    .target = "/v1/admin/vitals",
                    .body = body,
                    .token = token},
                   "done");
}

}  // namespace lockstep::ctl
