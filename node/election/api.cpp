#include "node/election/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/overloaded.hpp"
#include "net/address.hpp"
#include "net/http/target.hpp"
#include "node/config/described_json.hpp"
#include "node/guest/answers.hpp"

namespace lockstep::node {
namespace {

constexpr std::string_view guarded_path = "/v1/guarded/";

using answers::failed, answers::refused, answers::unknown;

net::HttpResponse started() { return answers::json(202, {{"outcome", "started"}}); }

}  // namespace

// The dashboards of other members ask here, too. Admin calls do not come this way: whoever looks at
// their token opens their answers.
void ElectionApi::handle(const net::HttpRequest& request, const Respond& unopened) {
  const Respond answer = [unopened](net::HttpResponse response) {
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    unopened(std::move(response));
  };
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const auto& path = request.path;
  if (path == "/v1/election/start")
    return request.method == "POST" ? start(answer) : answer(refused(405, path + " takes POST"));
  if (path.starts_with(guarded_path)) {
    if (request.method == "POST") return act(request, answer);
    return answer(reads ? kept(request) : refused(405, path + " takes GET and POST"));
  }
  if (!reads) return answer(refused(405, path + " is read with GET"));
  const auto text = [&](std::string type, std::string body) {
    answer({200, std::move(type), std::move(body), {}});
  };
  if (path == "/v1/election/status") return text("application/json", status_json());
  if (path == "/v1/election/events") return text("application/json", events_json(request));
  if (path == "/v1/election/metrics") {
    Exposition metrics;
    add_metrics(metrics);
    return text("text/plain; version=0.0.4", metrics.text());
  }
  answer(refused(404, "there is no " + path + "; docs/election.md lists what there is"));
}

void ElectionApi::ask(advanced_bully::Request request, const Respond& answer,
                      Election::OnReply on_reply) {
  if (!election_.has_room()) return answer(answers::disk_full());
  election_.ask(std::move(request), config_.request_timeout, std::move(on_reply));
}

void ElectionApi::act(const net::HttpRequest& request, const Respond& answer) {
  std::string key = request.path.substr(guarded_path.size());
  const auto& limits = election_.machine_config().resource;
  if (key.empty() || key.size() + request.body.size() > limits.bytes)
    return answer(refused(400, fmt::format("a key is not empty, and has with its value at most {} "
                                           "bytes",
                                           limits.bytes)));
  ask(advanced_bully::Guard{std::move(key), request.body}, answer,
      [this, answer, target = request.target](auto&& reply) {
        answer(reply ? response_of(*reply, target) : unknown("timed_out"));
      });
}

net::HttpResponse ElectionApi::response_of(const advanced_bully::Reply& reply,
                                           const std::string& target) const {
  return std::visit(
      Overloaded{
          [](const advanced_bully::Done&) {
            return answers::json(200, {{"outcome", "done"}});
          },
          [](const advanced_bully::Guarded& e) {
            return answers::json(200, {{"outcome", "done"}, {"token", described_json(e.token)}});
          },
          [&](const advanced_bully::NotLeader& e) { return elsewhere(e.leader, target); },
          [](const advanced_bully::NotNow&) { return failed("no_lease"); },
          [](const advanced_bully::Doubtful&) { return unknown("too_few_resources"); }},
      reply);
}

net::HttpResponse ElectionApi::elsewhere(NodeId leader, const std::string& target) const {
  for (const Member& member : config_.members) {
    if (member.id != leader || leader == config_.id) continue;
    auto response = answers::json(307, {{"outcome", "elsewhere"}, {"leader", leader.value()}});
    response.headers.emplace_back(
        "Location",
        "http://" + net::address_text(member.api.host, member.api.port) + net::origin_form(target));
    return response;
  }
  return failed("no_leader");
}

net::HttpResponse ElectionApi::kept(const net::HttpRequest& request) const {
  const auto& values = election_.machine().resource().kept();
  const auto* value = values.find(request.path.substr(guarded_path.size()));
  if (value == nullptr) return answers::json(404, {{"outcome", "missing"}});
  return {
      200,
      "application/octet-stream",
      value->value,
      {{"X-Fencing-Token", fmt::format("{}.{}", value->token.epoch.value(), value->token.number)}}};
}

std::string ElectionApi::events_json(const net::HttpRequest& request) const {
  std::uint64_t after = 0;
  if (const auto* text = request.parameter("after"))
    std::from_chars(text->data(), text->data() + text->size(), after);
  std::string lines;
  for (const audit::Event& event : election_.after(audit::Sequence(after))) {
    if (!lines.empty()) lines += ',';
    lines += event_json(event);
  }
  return fmt::format(R"({{"last":{},"events":[{}]}})", election_.machine().trail().last().value(),
                     lines);
}

void ElectionApi::start(const Respond& answer) {
  using advanced_bully::RoleName;
  const auto& machine = election_.machine();
  if (machine.role() == RoleName::coordinator)
    return answer(refused(409, "this member leads; POST /v1/admin/hand_over lets another one"));
  if (machine.role() != RoleName::follower) return answer(refused(409, "an election is under way"));
  ask(advanced_bully::StartElection{}, answer, [&machine, answer](auto&&) {
    answer(machine.role() == RoleName::follower ? refused(409, "a leader is heard") : started());
  });
}

void ElectionApi::hand_over(const Respond& answer) {
  using advanced_bully::RoleName;
  const auto& machine = election_.machine();
  if (machine.role() != RoleName::coordinator)
    return answer(elsewhere(machine.leader(), "/v1/admin/hand_over"));
  ask(advanced_bully::HandOver{}, answer, [&machine, answer](auto&&) {
    answer(machine.role() != RoleName::coordinator ? started() : failed("nobody_to_lead"));
  });
}

net::HttpResponse ElectionApi::set_vitals(std::string_view body) {
  const auto parsed = parse_vitals(body);
  if (const auto* why = std::get_if<std::string>(&parsed)) return refused(400, *why);
  VitalsOverrides overrides = election_.overrides();
  const auto merged = overrides.merge(std::get<VitalsChange>(parsed));
  if (const auto* why = std::get_if<std::string>(&merged)) return refused(400, *why);
  election_.set(std::move(overrides));
  return answers::json(200, {{"outcome", "done"}});
}

}  // namespace lockstep::node
