#include "node/messages/api.hpp"

#include <fmt/format.h>

#include <charconv>

#include "core/base/overloaded.hpp"
#include "node/config/value.hpp"
#include "node/guest/answers.hpp"
#include "node/guest/true_random.hpp"

namespace lockstep::node {
namespace {

using answers::failed, answers::refused, answers::unknown;
using lamport::LamportTime, lamport::Origin, lamport::Stamp;

constexpr std::uint64_t furthest_jump = std::uint64_t{1} << 32;  // of a clock, by one client
constexpr std::uint64_t usual_limit = 100, largest_limit = 1000;
constexpr std::size_t page_bytes = 1024 * 1024;  // of texts; a longer one stands alone

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct Pair {
  std::uint64_t first, second;
};
// "17.3"
std::optional<Pair> pair_of(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto first = whole(text.substr(0, dot)), second = whole(text.substr(dot + 1));
  if (!first || !second) return std::nullopt;
  return Pair{*first, *second};
}

// Nothing, or the name a client gave.
std::optional<Origin> origin_in(const net::HttpRequest& request) {
  const auto* key = request.header("idempotency-key");
  const auto pair = key == nullptr ? std::nullopt : pair_of(*key);
  if (!pair || pair->first == 0 || pair->second == 0) return std::nullopt;
  return Origin{lamport::ClientId(pair->first), lamport::Sequence(pair->second)};
}

}  // namespace

MessagesApi::MessagesApi(const Config& config, MessagesHost& host)
    : config_(config), host_(host), origin_(true_random() | 1) {}

// The dashboards of other members ask here, too.
void MessagesApi::handle(const net::HttpRequest& request, const Respond& unopened) {
  const Respond answer = [unopened](net::HttpResponse response) {
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    unopened(std::move(response));
  };
  const bool posts = request.path == "/v1/messages" && request.method == "POST";
  if (posts) return post(request, answer);
  if (request.method != "GET" && request.method != "HEAD") {
    const bool both = request.path == "/v1/messages";
    return answer(
        refused(405, request.path + (both ? " takes GET and POST" : " is read with GET")));
  }
  if (request.path == "/v1/messages") return answer(read(request));
  answer({200, "application/json", status_json(), {}});
}

bool MessagesApi::lacks_leader() const {
  const lamport::Lamport& machine = host_.machine();
  return config_.messages.machine.mode == lamport::Mode::replicated && machine.leader() == nobody;
}

std::optional<net::HttpResponse> MessagesApi::refusal(const net::HttpRequest& request) {
  const auto no = [&](unsigned status, const std::string& reason) {
    return counted(Outcome::refused, refused(status, reason));
  };
  if (request.header("idempotency-key") != nullptr && !origin_in(request))
    return no(400, "Idempotency-Key is ORIGIN.SEQUENCE, two whole numbers from 1 on");
  if (const auto* time = request.header("lamport-time")) {
    const auto number = whole(*time);
    if (!number || *number > host_.machine().time().value() + furthest_jump)
      return no(400, "Lamport-Time is the highest time that a member told");
  }
  if (request.body.size() > config_.messages.machine.max_text_bytes) {
    return no(413, fmt::format("a message has at most {} bytes",
                               config_.messages.machine.max_text_bytes));
  }
  if (!is_utf8(request.body)) return no(400, "a message is a text in UTF-8");
  if (host_.is_full()) return counted(Outcome::failed, answers::disk_full());
  if (held_.size() >= config_.messages.machine.max_waiting)
    return counted(Outcome::failed, failed("busy"));
  if (lacks_leader()) return counted(Outcome::failed, failed("no_leader"));
  return std::nullopt;
}

void MessagesApi::post(const net::HttpRequest& request, const Respond& answer) {
  if (auto no = refusal(request)) return answer(std::move(*no));
  lamport::Post post;
  if (const auto* time = request.header("lamport-time")) post.time = LamportTime(*whole(*time));
  const auto named = origin_in(request);
  post.origin = named ? *named : Origin{origin_, ++sequence_};
  post.text = request.body;
  held_.push_back({std::move(post), answer, net::now()});
  go_on();
}

void MessagesApi::go_on() {
  while (!held_.empty()) {
    const bool room = host_.has_room();
    const bool late = net::now() - held_.front().begun > config_.messages.machine.patience;
    if (!room && !host_.is_full() && !late) return;
    Held held = std::move(held_.front());
    held_.pop_front();
    if (room) {
      ask(std::move(held));
    } else {
      held.answer(
          counted(Outcome::failed, host_.is_full() ? answers::disk_full() : failed("busy")));
    }
  }
}

void MessagesApi::ask(Held&& held) {
  // The machine gives up first, with a word of its own.
  const Duration patience = config_.messages.machine.patience + seconds(1);
  const Origin origin = held.post.origin;
  host_.ask(std::move(held.post), patience,
            [this, answer = std::move(held.answer), origin,
             begun = held.begun](std::optional<lamport::Reply>&& reply) {
              if (!reply) return answer(counted(Outcome::unknown, unknown("timed_out")));
              if (std::holds_alternative<lamport::Posted>(*reply)) times_.add(net::now() - begun);
              answer(response_of(*reply, origin));
            });
}

net::HttpResponse MessagesApi::counted(Outcome outcome, net::HttpResponse response) {
  ++outcomes_[static_cast<std::size_t>(outcome)];
  if (outcome == Outcome::done) posted_.add(net::now());
  return response;
}

net::HttpResponse MessagesApi::response_of(const lamport::Reply& reply, const Origin& origin) {
  return std::visit(
      Overloaded{[&](const lamport::Posted& e) {
                   std::string text = fmt::format(
                       R"({{"outcome":"done","stamp":{{"time":{},"node":{}}},"origin":"{}.{}"}})",
                       e.stamp.time.value(), e.stamp.node.value(), origin.client.value(),
                       origin.sequence.value());
                   return counted(Outcome::done, {200, "application/json", std::move(text), {}});
                 },
                 [&](const lamport::Busy&) { return counted(Outcome::failed, failed("busy")); },
                 [&](const lamport::TooLong& e) {
                   return counted(
                       Outcome::refused,
                       refused(413, fmt::format("a message has at most {} bytes", e.limit)));
                 },
                 [&](const auto&) { return counted(Outcome::unknown, unknown("timed_out")); }},
      reply);
}

net::HttpResponse MessagesApi::read(const net::HttpRequest& request) const {
  const auto& order = host_.machine().log().order();
  const auto number = [&](const char* name, std::uint64_t usual) {
    const auto* text = request.parameter(name);
    return text == nullptr ? std::optional(usual) : whole(*text);
  };
  const auto limit = number("limit", usual_limit), last = number("last", 0);
  const auto* after = request.parameter("after");
  const auto from = after == nullptr ? std::optional(Pair{0, 0}) : pair_of(*after);
  if (!limit || !last || *limit == 0)
    return refused(400, "limit and last are whole numbers above 0");
  if (!from || from->second > UINT32_MAX)
    return refused(400, "after is the stamp of a message, TIME.NODE");
  const bool tail = *last > 0;
  const std::uint64_t most = std::min(tail ? *last : *limit, largest_limit);
  auto begin = order.upper_bound(
      Stamp{LamportTime(from->first), NodeId(static_cast<std::uint32_t>(from->second))});
  if (tail) {
    begin = order.end();
    for (std::uint64_t left = most; left > 0 && begin != order.begin(); --left) --begin;
  }
  return {200, "application/json", page(begin, most, tail), {}};
}

// Of a tail, more are those before it.
std::string MessagesApi::page(Place next, std::uint64_t most, bool tail) const {
  const lamport::Lamport& machine = host_.machine();
  const auto& order = machine.log().order();
  bool more = tail && next != order.begin();
  std::string messages;
  for (; next != order.end() && most > 0; ++next, --most) {
    const std::string message = message_json(next->first);
    if (!messages.empty() && messages.size() + message.size() > page_bytes) break;
    if (!messages.empty()) messages += ',';
    messages += message;
  }
  more = more || next != order.end();
  return fmt::format(R"({{"messages":[{}],"more":{},"clock":{}}})", messages, more,
                     machine.time().value());
}

std::string MessagesApi::message_json(Stamp stamp) const {
  const lamport::Log& log = host_.machine().log();
  const lamport::Entry& entry = log.at(stamp.node, log.order().at(stamp));
  return fmt::format(
      R"({{"stamp":{{"time":{},"node":{}}},"origin":"{}.{}","text":{},"violation":{}}})",
      stamp.time.value(), stamp.node.value(), entry.origin.client.value(),
      entry.origin.sequence.value(), dumped(entry.text), host_.is_violation(stamp));
}

}  // namespace lockstep::node
