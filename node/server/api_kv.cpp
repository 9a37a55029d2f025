// Api, keys and values: HTTP to operations of the store, results to HTTP.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/overloaded.hpp"
#include "core/wire/codec.hpp"
#include "net/address.hpp"
#include "net/http/target.hpp"
#include "node/config/json.hpp"
#include "node/server/api.hpp"

namespace lockstep::node {
namespace {

constexpr std::size_t longest_key = 1024;

bool is_key(std::string_view key) { return !key.empty() && key.size() <= longest_key; }

std::string key_rule() { return fmt::format("a key has 1 to {} bytes", longest_key); }

const std::string& key_of(const kv::Operation& operation) {
  return std::visit([](const auto& one) -> const std::string& { return one.key; }, operation);
}

Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }

Json result_json(const kv::Result& result) {
  return std::visit(
      Overloaded{[](const kv::Done&) {
                   return Json{{"outcome", "done"}};
                 },
                 [](const kv::Found& e) {
                   return Json{{"outcome", "found"}, {"value", e.value}};
                 },
                 [](const kv::Missing&) {
                   return Json{{"outcome", "missing"}};
                 },
                 [](const kv::Swapped&) {
                   return Json{{"outcome", "swapped"}};
                 },
                 [](const kv::NotSwapped& e) {
                   return Json{{"outcome", "not_swapped"}, {"found", text_or_null(e.found)}};
                 }},
      result);
}

net::HttpResponse response_of(const kv::Result& result) {
  if (const auto* found = std::get_if<kv::Found>(&result))
    return {200, "application/octet-stream", found->value, {}};
  // The commonest answer, without a JSON library between.
  if (std::holds_alternative<kv::Done>(result))
    return {200, "application/json", R"({"outcome":"done"})", {}};
  const unsigned status = std::holds_alternative<kv::Missing>(result)      ? 404
                          : std::holds_alternative<kv::NotSwapped>(result) ? 412
                                                                           : 200;
  return {status, "application/json", dumped(result_json(result)), {}};
}

net::HttpResponse failed(const std::string& reason) {
  return {503,
          "application/json",
          dumped({{"outcome", "failed"}, {"reason", reason}}),
          {{"Retry-After", "1"}}};
}
net::HttpResponse unknown(const std::string& reason) {
  return {504, "application/json", dumped({{"outcome", "unknown"}, {"reason", reason}}), {}};
}

net::HttpResponse response_of(const kv::ClientReply& reply) {
  return std::visit(
      Overloaded{[](const kv::Finished& e) { return response_of(e.result); },
                 [](const kv::Unknown& e) { return unknown(std::string(name_of(e.reason))); },
                 [](const kv::Failed& e) { return failed(std::string(name_of(e.reason))); }},
      reply);
}

}  // namespace

net::HttpResponse response_of(const kv::Reply& reply) {
  return std::visit(
      Overloaded{
          [](const kv::Completed& e) { return response_of(e.result); },
          [](const kv::SessionOpened& e) {
            return net::HttpResponse{
                200, "application/json", fmt::format(R"({{"session":{}}})", e.session.value()), {}};
          },
          [](const kv::NotLeader&) { return failed("no_leader"); },
          [](const kv::Busy&) { return failed("busy"); },
          [](const kv::Stale&) {
            return refused(409, "this serial was acknowledged, its answer is forgotten");
          },
          [](const kv::SessionExpired&) {
            return refused(410,
                           "the session is not there any more; open one with POST /v1/sessions");
          },
          [](const kv::LeadershipLost&) { return unknown("leadership_lost"); },
          [](const kv::CampaignStarted&) {
            return net::HttpResponse{202, "application/json", R"({"outcome":"started"})", {}};
          },
          [](const kv::TransferStarted& e) {
            return net::HttpResponse{
                202,
                "application/json",
                fmt::format(R"({{"outcome":"started","to":{}}})", e.to.value()),
                {}};
          },
          [](const kv::NobodyToLead&) {
            return refused(409,
                           "no other member to lead: none was heard lately, or the one named "
                           "leads or is no member");
          }},
      reply);
}

namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "SESSION.SERIAL"; serials count from 1.
std::optional<std::pair<kv::SessionId, kv::Serial>> parse_idempotency_key(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto session = number_of(text.substr(0, dot));
  const auto serial = number_of(text.substr(dot + 1));
  if (!session || !serial || *session == 0 || *serial == 0) return std::nullopt;
  return std::pair(kv::SessionId(*session), kv::Serial(*serial));
}

std::optional<kv::Operation> operation_of(net::HttpRequest& request, std::string key) {
  if (request.method == "GET" || request.method == "HEAD") return kv::Get{std::move(key)};
  if (request.method == "DELETE") return kv::Delete{std::move(key)};
  if (request.method != "PUT") return std::nullopt;
  if (request.parameter("append") != nullptr)
    return kv::Append{std::move(key), std::move(request.body)};
  if (request.parameter("absent") != nullptr)
    return kv::CompareAndSet{std::move(key), std::nullopt, std::move(request.body)};
  if (const auto* previous = request.parameter("prev"))
    return kv::CompareAndSet{std::move(key), *previous, std::move(request.body)};
  return kv::Put{std::move(key), std::move(request.body)};
}

std::optional<kv::Operation> operation_of(const Json& json) {
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
  };
  if (!json.is_object()) return std::nullopt;
  const auto value = text("value");
  if (auto key = text("get")) return kv::Get{*key};
  if (auto key = text("delete")) return kv::Delete{*key};
  if (auto key = text("put"); key && value) return kv::Put{*key, *value};
  if (auto key = text("append"); key && value) return kv::Append{*key, *value};
  if (auto key = text("cas"); key && value && json.contains("expected") &&
                              (json["expected"].is_null() || json["expected"].is_string()))
    return kv::CompareAndSet{*key, text("expected"), *value};
  return std::nullopt;
}

}  // namespace

bool Api::go_elsewhere(const Request& request, const Answer& answer) const {
  const NodeId leader = host_.raft().leader();
  if (host_.leads() || leader == nobody || request.parameter("forward") != nullptr) return false;
  for (const Member& member : config_.members) {
    if (member.id != leader) continue;
    net::HttpResponse response{
        307,
        "application/json",
        fmt::format(R"({{"outcome":"elsewhere","leader":{}}})", leader.value()),
        {}};
    response.headers.emplace_back("Location",
                                  "http://" + net::address_text(member.api.host, member.api.port) +
                                      net::origin_form(request.target));
    answer(std::move(response));
    return true;
  }
  return false;
}

void Api::handle_key(Request&& request, const Answer& answer) {
  std::string key = request.path.substr(std::string_view("/v1/kv/").size());
  if (!is_key(key)) return answer(refused(400, key_rule()));
  auto operation = operation_of(request, std::move(key));
  if (!operation) {
    net::HttpResponse response = refused(405, "a key takes GET, PUT and DELETE");
    response.headers.emplace_back("Allow", "GET, HEAD, PUT, DELETE");
    return answer(std::move(response));
  }
  const auto* consistency = request.parameter("consistency");
  if (consistency != nullptr && *consistency != "linearizable" && *consistency != "stale")
    return answer(refused(400, "consistency is linearizable or stale"));
  if (consistency != nullptr && *consistency == "stale" && kv::is_read(*operation)) {
    auto response = response_of(host_.replica().store().read(std::get<kv::Get>(*operation).key));
    response.headers.emplace_back("Lockstep-Applied",
                                  std::to_string(host_.replica().applied().value()));
    return answer(std::move(response));
  }
  if (!kv::is_read(*operation) && store_.is_full())
    return answer(refused(507, "the disk of this member is full; free some space"));
  if (go_elsewhere(request, answer)) return;
  const auto* once = request.header("idempotency-key");
  if (once == nullptr || kv::is_read(*operation)) return run(std::move(*operation), answer);
  const auto parsed = parse_idempotency_key(*once);
  if (!parsed)
    return answer(refused(400, "Idempotency-Key is SESSION.SERIAL; POST /v1/sessions opens one"));
  run_once({parsed->first, parsed->second, kv::Serial(0), std::move(*operation)}, answer);
}

void Api::record(bool read, Instant begun) {
  (read ? host_.timings().get : host_.timings().put).add(net::now() - begun);
}

void Api::run(kv::Operation operation, const Answer& answer) {
  const Instant begun = net::now();
  const bool read = kv::is_read(operation);
  gateway_.run(std::move(operation), [this, answer, begun, read](const kv::ClientReply& reply) {
    if (std::holds_alternative<kv::Finished>(reply)) record(read, begun);
    answer(response_of(reply));
  });
}

void Api::run_once(kv::ClientRequest request, const Answer& answer) {
  const NodeId leader = host_.raft().leader();
  if (leader == nobody) return answer(failed("no_leader"));
  gateway_.ask_once(leader, std::move(request), [answer](std::optional<kv::Reply>&& reply) {
    answer(reply ? response_of(*reply) : unknown("timed_out"));
  });
}

void Api::handle_session(const Request& request, const Answer& answer) {
  if (request.method != "POST") return answer(refused(405, "a session is opened with POST"));
  if (go_elsewhere(request, answer)) return;
  const NodeId leader = host_.raft().leader();
  if (leader == nobody) return answer(failed("no_leader"));
  gateway_.ask_once(leader, kv::OpenSession{}, [answer](std::optional<kv::Reply>&& reply) {
    answer(reply ? response_of(*reply) : unknown("timed_out"));
  });
}

void Api::handle_rpc(Request&& request, const Answer& answer) {
  if (request.method != "POST") return answer(refused(405, "an encoded request is sent with POST"));
  auto asked = wire::decode<kv::Request>(request.body);
  if (!asked || std::holds_alternative<kv::Campaign>(*asked) ||
      std::holds_alternative<kv::TransferLeadership>(*asked))
    return answer(refused(400, "the body is no encoded kv::Request of this version"));
  const auto* wish = std::get_if<kv::ClientRequest>(&*asked);
  if (wish != nullptr && !is_key(key_of(wish->operation))) return answer(refused(400, key_rule()));
  gateway_.ask_once(config_.id, std::move(*asked), [answer](std::optional<kv::Reply>&& reply) {
    if (!reply) return answer(unknown("timed_out"));
    net::HttpResponse response{200, "application/octet-stream", {}, {}};
    wire::encode(*reply, response.body);
    answer(std::move(response));
  });
}

void Api::handle_batch(Request&& request, const Answer& answer) {
  if (request.method != "POST") return answer(refused(405, "a batch is sent with POST"));
  const Json json = Json::parse(request.body, nullptr, false);
  if (!json.is_object() || !json.contains("operations") || !json["operations"].is_array())
    return answer(refused(400, R"(a batch is {"operations":[…]})"));
  auto operations = std::make_shared<std::vector<kv::Operation>>();
  for (const Json& one : json["operations"]) {
    auto operation = operation_of(one);
    if (!operation || !is_key(key_of(*operation)))
      return answer(refused(
          400, fmt::format("operations[{}] {}; nothing of the batch was done", operations->size(),
                           operation ? "has none: " + key_rule() : "is none")));
    operations->push_back(std::move(*operation));
  }
  if (store_.is_full())
    return answer(refused(507, "the disk of this member is full; free some space"));
  if (go_elsewhere(request, answer)) return;
  std::reverse(operations->begin(), operations->end());
  run_batch(std::move(operations), std::make_shared<std::string>(), answer);
}

// One after another, the last one of `operations` first.
void Api::run_batch(std::shared_ptr<std::vector<kv::Operation>> operations,
                    std::shared_ptr<std::string> results, const Answer& answer) {
  if (operations->empty())
    return answer({200, "application/json", R"({"results":[)" + *results + "]}", {}});
  kv::Operation next = std::move(operations->back());
  operations->pop_back();
  gateway_.run(std::move(next), [=, this](const kv::ClientReply& reply) {
    if (!results->empty()) *results += ',';
    if (const auto* finished = std::get_if<kv::Finished>(&reply)) {
      *results += dumped(result_json(finished->result));
    } else {
      *results += response_of(reply).body;
    }
    run_batch(operations, results, answer);
  });
}

}  // namespace lockstep::node
