#include "node/ctl/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "node/ctl/cluster.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {
namespace {

constexpr int most_redirects = 5;  // leaders change meanwhile, but not that fast

// "http://HOST:PORT/…". Throws Stop.
Place place_in(const Place& from, const std::string& location) {
  constexpr std::string_view scheme = "http://";
  if (!location.starts_with(scheme))
    throw Stop(exit_failed, from.text() + " passes it on to nowhere");
  const std::size_t slash = location.find('/', scheme.size());
  const auto places = parse_places(
      location.substr(scheme.size(), std::min(slash, location.size()) - scheme.size()));
  return places.front();
}

}  // namespace

Answer give(const Common& common, Order& order) {
  for (int redirects = 0;; ++redirects) {
    Question question{.place = order.place,
                      .method = "POST",
                      .target = order.target,
                      .headers = {{"Content-Type", order.type}},
                      .body = order.body};
    if (!order.token.empty())
      question.headers.emplace_back("Authorization", "Bearer " + order.token);
    Answer answer = ask(question, common.timeout);
    if (answer.status != 307) return answer;
    if (redirects == most_redirects)
      throw Stop(exit_failed, "each server says that another one leads; nothing was done");
    order.place = place_in(order.place, answer.location);
  }
}

void expect_taken(const Order& order, const Answer& answer) {
  if (answer.status == 0) throw Stop(exit_no_server, order.place.text() + ": " + answer.error);
  if (answer.status < 300) return;
  const bool refused = answer.status == 401 || answer.status == 403 || answer.status == 404 ||
                       answer.status == 405 || answer.status == 413 || answer.status == 501;
  const int code = refused ? exit_refused : answer.status == 400 ? exit_usage : exit_failed;
  throw Stop(code, fmt::format("{} refuses ({}): {}", order.place.text(), answer.status,
                               reason_in(answer)));
}

int carry_out(const Common& common, Order order, std::string_view word) {
  const Answer answer = give(common, order);
  expect_taken(order, answer);
  return print_outcome(common, word, order.place);
}

int print_outcome(const Common& common, std::string_view word, const Place& place) {
  if (common.json) {
    fmt::print("{{\"outcome\":\"{}\",\"server\":{}}}\n", word, json_text(place.text()));
  } else {
    fmt::print("{} at {}\n", word, place.text());
  }
  return exit_ok;
}

const std::string& token_of(const AdminWords& words) {
  if (!words.token.empty()) return words.token;
  throw Stop(exit_usage,
             "admin calls need the servers' admin.token: give it with --token or, "
             "unseen by others, in LOCKSTEP_ADMIN_TOKEN");
}

std::optional<std::uint32_t> number_in(const std::string& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

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

Place anybody(const Common& common) {
  for (const Known& known : discover(common)) {
    if (known.answers) return known.place;
  }
  throw Stop(exit_no_server, "no server answers");
}

}  // namespace lockstep::ctl
