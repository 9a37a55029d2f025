// Api, admin: what only an operator may do.
#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>

#include "node/config/json.hpp"
#include "node/server/api.hpp"

namespace lockstep::node {
namespace {

constexpr std::int64_t longest_ms = 60'000;

bool same_secret(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

net::HttpResponse well_done() { return {200, "application/json", R"({"outcome":"done"})", {}}; }

bool is_time(const Json& json) {
  return json.is_number() && json.get<double>() >= 0 &&
         json.get<double>() <= static_cast<double>(longest_ms);
}

std::optional<Ratio> ratio_of(const Json& json) {
  if (!json.is_string()) return std::nullopt;
  const auto text = json.get<std::string>();
  const auto slash = text.find('/');
  Ratio ratio;
  if (slash == std::string::npos) return std::nullopt;
  const auto read = [&](std::size_t from, std::size_t to, std::uint32_t& number) {
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + to, number);
    return error == std::errc() && end == text.data() + to && from < to;
  };
  if (!read(0, slash, ratio.numerator) || !read(slash + 1, text.size(), ratio.denominator) ||
      ratio.denominator == 0 || ratio.numerator > ratio.denominator)
    return std::nullopt;
  return ratio;
}

// None, and `wrong` says which key.
std::optional<net::LinkFault> fault_of(const Json& json, std::string& wrong) {
  net::LinkFault fault;
  for (const auto& [key, value] : json.items()) {
    wrong = key;
    if (key == "peer" || key == "direction") continue;
    if (key == "cut" && value.is_boolean()) {
      fault.cut = value.get<bool>();
    } else if (key == "delay_ms" && is_time(value)) {
      fault.delay = microseconds(static_cast<std::int64_t>(value.get<double>() * 1000));
    } else if (key == "drop" || key == "duplicate") {
      const auto ratio = ratio_of(value);
      if (!ratio) return std::nullopt;
      (key == "drop" ? fault.drop : fault.duplicate) = *ratio;
    } else {
      return std::nullopt;
    }
  }
  return fault;
}

}  // namespace

// A dashboard of another member sends orders here, too, so browsers may pass them and their answers
// on: the token, which no browser adds by itself, is what protects them.
void Api::handle_admin(const Request& request, const Answer& answer) {
  const Respond open = [answer](net::HttpResponse response) {
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    answer(std::move(response));
  };
  if (request.method == "OPTIONS")
    return open({204,
                 "text/plain",
                 "",
                 {{"Access-Control-Allow-Methods", "POST"},
                  {"Access-Control-Allow-Headers", "authorization, content-type"}}});
  if (auto no = refusal(request)) return open(std::move(*no));
  obey(request, open);
}

std::optional<net::HttpResponse> Api::refusal(const Request& request) const {
  static constexpr std::string_view paths[] = {"/v1/admin/campaign", "/v1/admin/transfer",
                                               "/v1/admin/faults"};
  const bool own = std::find(std::begin(paths), std::end(paths), request.path) != std::end(paths);
  if (!own && !guest_of(request.path))
    return refused(404, "there is no " + request.path + "; docs/node.md lists what there is");
  if (request.method != "POST") return refused(405, request.path + " takes POST");
  if (!request.loopback && !config_.admin_remote)
    return refused(403, "admin calls come from this machine only; admin.remote allows others");
  if (config_.admin_token.empty())
    return refused(403, "no admin.token is configured, so admin calls are refused");
  const auto* given = request.header("authorization");
  if (given == nullptr || !same_secret(*given, "Bearer " + config_.admin_token)) {
    auto response = refused(401, "send Authorization: Bearer and the admin.token");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
  }
  return std::nullopt;
}

void Api::obey(const Request& request, const Respond& answer) {
  if (const auto guest = guest_of(request.path)) {
    GuestPart* const part = part_of(*guest);
    if (part == nullptr) return answer(refused(404, std::string(kind_of(*guest).missing)));
    return part->obey(request, answer);
  }
  if (request.path == "/v1/admin/faults") return answer(set_faults(request));
  if (request.path == "/v1/admin/transfer") return transfer(request, answer);
  gateway_.ask_once(config_.id, kv::Campaign{}, [](std::optional<kv::Reply>&&) {});
  answer({202, "application/json", R"({"outcome":"started"})", {}});
}

// Any member passes the order on to the leader.
void Api::transfer(const Request& request, const Respond& answer) {
  kv::TransferLeadership wish;
  if (const auto* to = request.parameter("to")) {
    const auto member =
        std::find_if(config_.members.begin(), config_.members.end(),
                     [&](const Member& m) { return std::to_string(m.id.value()) == *to; });
    if (member == config_.members.end())
      return answer(refused(400, "to is the id of a member, and " + *to + " is none"));
    wish.to = member->id;
  }
  const NodeId leader = host_.raft().leader();
  if (leader == nobody)
    return answer(refused(409, "no leader is known, so there is nothing to hand over"));
  gateway_.ask_once(leader, wish, [answer](std::optional<kv::Reply>&& reply) {
    answer(reply ? response_of(*reply) : refused(504, "the leader did not answer"));
  });
}

net::HttpResponse Api::set_faults(const Request& request) {
  if (!config_.enable_faults)
    return refused(403, "faults are not enabled; start the node with --enable_faults");
  const Json json = Json::parse(request.body, nullptr, false);
  if (!json.is_object()) return refused(400, "the body is one JSON object; see docs/node.md");
  net::LinkFaults& faults = host_.transport().faults();
  if (json.contains("clear")) {
    faults.clear();
    host_.delay_disk({});
    events_.add(host_.raft().term(), "faults", "every fault is gone");
    return well_done();
  }
  if (json.contains("pause_ms")) {
    const auto& time = json["pause_ms"];
    if (!time.is_number_integer() || time.get<std::int64_t>() < 0 ||
        time.get<std::int64_t>() > longest_ms)
      return refused(400, "pause_ms is a whole number up to 60000");
    pause_(milliseconds(time.get<std::int64_t>()));
    return well_done();
  }
  if (json.contains("disk_delay_ms")) {
    const auto& time = json["disk_delay_ms"];
    if (!is_time(time)) return refused(400, "disk_delay_ms is a number up to 60000");
    host_.delay_disk(microseconds(static_cast<std::int64_t>(time.get<double>() * 1000)));
    events_.add(host_.raft().term(), "faults", "the disk is slower: " + dumped(json));
    return well_done();
  }
  const auto peer = json.value("peer", Json());
  const auto known =
      std::find_if(config_.members.begin(), config_.members.end(), [&](const auto& m) {
        return peer.is_number_unsigned() && m.id.value() == peer.get<std::uint64_t>();
      });
  if (known == config_.members.end() || known->id == config_.id)
    return refused(400, "peer is the id of another member");
  const auto direction = json.value("direction", Json("both"));
  if (direction != "in" && direction != "out" && direction != "both")
    return refused(400, "direction is in, out or both");
  std::string wrong;
  const auto fault = fault_of(json, wrong);
  if (!fault)
    return refused(400, wrong + ": not a key of a fault, or a wrong value; see docs/node.md");
  if (direction != "out") faults.set(known->id, net::Direction::in, *fault);
  if (direction != "in") faults.set(known->id, net::Direction::out, *fault);
  events_.add(host_.raft().term(), "faults", "links changed: " + dumped(json));
  return well_done();
}

}  // namespace lockstep::node
