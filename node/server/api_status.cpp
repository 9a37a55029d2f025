// Api, status: what this member is, holds and knows of the others.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"
#include "net/address.hpp"
#include "node/config/json.hpp"
#include "node/server/api.hpp"
#include "node/server/version.hpp"

namespace lockstep::node {
namespace {

Json id_or_null(NodeId id) { return id == nobody ? Json() : Json(id.value()); }
std::string text_of(const Address& address) {
  return net::address_text(address.host, address.port);
}

std::uint64_t parameter(const net::HttpRequest& request, std::string_view name,
                        std::uint64_t usual) {
  const auto* text = request.parameter(name);
  if (text == nullptr) return usual;
  std::uint64_t number = usual;
  std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

Json fault_json(const net::LinkFault& fault) {
  Json json = Json::object();
  if (fault.cut) json["cut"] = true;
  if (fault.delay != Duration(0)) json["delay_ms"] = fault.delay.milliseconds();
  const auto ratio = [&](const char* name, Ratio share) {
    if (share.numerator != 0) json[name] = fmt::format("{}/{}", share.numerator, share.denominator);
  };
  ratio("drop", fault.drop);
  ratio("duplicate", fault.duplicate);
  return json;
}

Json faults_json(const net::LinkFaults& faults, NodeId peer) {
  Json json = Json::object();
  for (const auto& [link, fault] : faults.all()) {
    if (link.first == peer)
      json[link.second == net::Direction::in ? "in" : "out"] = fault_json(fault);
  }
  return json;
}

void add_progress(Json& json, const raft::Raft& raft, std::size_t place) {
  const auto progress = raft.progress();
  json["match"] = json["next"] = json["in_flight"] = nullptr;
  if (progress.empty()) return;
  json["match"] = progress[place].match.value();
  json["next"] = progress[place].next.value();
  json["in_flight"] = progress[place].entries_in_flight();
}

std::string entry_text(const raft::Entry& entry) {
  if (entry.kind == raft::EntryKind::noop) return "noop";
  const auto command = wire::decode<kv::Command>(entry.command.view());
  if (!command) return fmt::format("{} bytes", entry.command.size());
  const auto* request = std::get_if<kv::ClientRequest>(&*command);
  return request == nullptr ? to_text(*command) : to_text(request->operation);
}

}  // namespace

std::string Api::status_json() const {
  const raft::Raft& raft = host_.raft();
  const auto milliseconds_since = [](Instant then) {
    return then == Instant() ? Json() : Json((net::now() - then).milliseconds());
  };
  Json members = Json::array();
  const auto peers = host_.transport().status();
  for (std::size_t place = 0; place < config_.members.size(); ++place) {
    const Member& member = config_.members[place];
    Json json{{"id", member.id.value()},
              {"peer", text_of(member.peer)},
              {"api", text_of(member.api)},
              {"self", member.id == config_.id}};
    add_progress(json, raft, place);
    const auto peer = std::find_if(peers.begin(), peers.end(),
                                   [&](const auto& one) { return one.id == member.id; });
    if (peer != peers.end()) {
      json["connected"] = peer->connected;
      json["last_contact_ms"] = milliseconds_since(host_.heard_from(member.id));
      json["round_trip_ms"] = host_.round_trip(member.id).quantile_ms(0.5);
      json["queued_bytes"] = peer->queued_bytes;
      json["dropped"] = peer->dropped_messages;
      json["faults"] = faults_json(host_.transport().faults(), member.id);
    }
    members.push_back(std::move(json));
  }
  const auto& log = raft.log();
  const auto& sync = host_.timings().sync;
  Json json{{"id", config_.id.value()},
            {"cluster", config_.cluster},
            {"version", version_text()},
            {"commit", commit_text()},
            {"role", name_of(raft.role())},
            {"term", raft.term().value()},
            {"leader", id_or_null(raft.leader())},
            {"successor", id_or_null(raft.successor())},
            {"vote", id_or_null(raft.vote())},
            {"log",
             {{"last", log.last_index().value()},
              {"durable", raft.durable_index().value()},
              {"commit", raft.commit().value()},
              {"applied", host_.replica().applied().value()},
              {"bytes", log.total_bytes()},
              {"bytes_on_disk", store_.bytes_on_disk()}}},
            {"uptime_seconds", (net::now() - started_).seconds()},
            {"ready", ready({}).status == 200},
            {"time", wall_clock_text()},
            {"faults_enabled", config_.enable_faults},
            {"disk",
             {{"sync_p50_ms", sync.quantile_ms(0.5)},
              {"sync_p99_ms", sync.quantile_ms(0.99)},
              {"room", !store_.is_full()},
              {"delay_ms", host_.disk_delay().milliseconds()}}},
            {"members", std::move(members)},
            {"kv",
             {{"keys", host_.replica().store().data().size()},
              {"sessions", host_.replica().store().session_count()}}}};
  for (std::size_t place = 0; place < enumerator_count(Guest{}); ++place) {
    const auto guest = static_cast<Guest>(place);
    json[std::string(name_of(guest))] = part_of(guest) != nullptr;
  }
  return dumped(json);
}

std::string Api::log_json(const Request& request) const {
  const auto& raft = host_.raft();
  const std::uint64_t last = raft.log().last_index().value();
  const std::uint64_t from = std::max<std::uint64_t>(parameter(request, "from", 1), 1);
  const std::uint64_t limit = std::min<std::uint64_t>(parameter(request, "limit", 100), 1000);
  Json entries = Json::array();
  for (std::uint64_t index = from; index <= last && index - from < limit; ++index) {
    const raft::Entry& entry = raft.log().entry(raft::LogIndex(index));
    entries.push_back({{"index", index},
                       {"term", entry.term.value()},
                       {"kind", name_of(entry.kind)},
                       {"text", entry_text(entry)},
                       {"committed", index <= raft.commit().value()}});
  }
  return dumped({{"first", 1}, {"last", last}, {"entries", std::move(entries)}});
}

std::string Api::events_json(const Request& request) const {
  std::string lines;
  for (const EventLine& line : events_.after(parameter(request, "after", 0))) {
    if (!lines.empty()) lines += ',';
    lines += event_json(line);
  }
  return fmt::format(R"({{"events":[{}],"next":{}}})", lines, events_.next());
}

net::HttpResponse Api::ready(const Request& request) const {
  const bool leader = host_.raft().leader() != nobody;
  const bool room = !store_.is_full();
  const auto line = [](bool good, const char* what, const char* yes, const char* no) {
    return fmt::format("[{}] {}: {}\n", good ? '+' : '-', what, good ? yes : no);
  };
  const bool good = leader && room && !retired_;
  std::string text = good ? "ready\n" : "not ready\n";
  if (request.parameter("verbose") != nullptr || !good) {
    text = line(leader, "leader", "known", "none known") +
           line(room, "disk", "has room", "full: no writes are taken") +
           line(!retired_, "running", "yes", "shutting down");
  }
  return {good ? 200U : 503U, "text/plain", std::move(text), {}};
}

std::string Api::rates_json() {
  const Timings& timings = host_.timings();
  const Instant now = net::now();
  const double seconds = last_tick_ == Instant() ? 0 : (now - last_tick_).seconds();
  const Histogram put = timings.put.since(last_timings_.put);
  const Histogram get = timings.get.since(last_timings_.get);
  const auto rate = [&](std::uint64_t count) {
    return seconds > 0 ? static_cast<double>(count) / seconds : 0;
  };
  const Json json{{"commits_per_s", rate(timings.committed - last_timings_.committed)},
                  {"requests_per_s", rate(put.count() + get.count())},
                  {"put_p50_ms", put.quantile_ms(0.5)},
                  {"put_p99_ms", put.quantile_ms(0.99)},
                  {"get_p50_ms", get.quantile_ms(0.5)},
                  {"get_p99_ms", get.quantile_ms(0.99)}};
  last_timings_ = timings;
  last_tick_ = now;
  return dumped(json);
}

}  // namespace lockstep::node
