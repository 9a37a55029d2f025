#include "processes/files_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "net/http/target.hpp"
#include "processes/json_parts.hpp"
#include "processes/node_process.hpp"
#include "processes/timeline.hpp"

namespace lockstep::processes {
namespace {

namespace fs = std::filesystem;
using net::percent_encoded;

constexpr Duration told_within = seconds(1);

std::string joined(const std::set<std::uint64_t>& nodes) {
  std::string text;
  for (const auto id : nodes) text += fmt::format("{}n{}", text.empty() ? "" : " ", id);
  return text;
}

// "searches for especial, by words"
std::string words_of(const flood::Request& request) {
  if (const auto* fetch = std::get_if<flood::Fetch>(&request)) return "fetches " + fetch->title;
  const auto& search = std::get<flood::Search>(request);
  return fmt::format("searches for {}{}{}", search.text,
                     search.by == flood::By::words ? ", by words" : "",
                     search.everywhere ? ", everywhere" : "");
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

FilesProtocol::FilesProtocol(const sim::Scenario& scenario)
    : scenario_(scenario),
      config_(sim::flood_settings(scenario)),
      setup_(sim::flood_setup(scenario)),
      seen_(scenario.nodes) {}

NodeStatus FilesProtocol::status_of(const nlohmann::json& status) const {
  NodeStatus read;
  read.role = "peer";
  const auto neighbours = status.find("neighbours");
  if (neighbours != status.end() && neighbours->is_array()) {
    for (const auto& each : *neighbours) read.neighbours.insert(number_in(each, "node"));
  }
  read.sent_bytes = number_in(status, "sent_bytes");
  read.dropped_sources = number_in(status, "dropped_sources");
  read.dropped_queries = number_in(status, "dropped_queries");
  read.false_chunks = number_in(status, "false_chunks");
  return read;
}

NodeEvent FilesProtocol::event_of(const nlohmann::json& event) const {
  NodeEvent read;
  read.number = number_in(event, "number");
  return read;
}

std::vector<Errand> FilesProtocol::errands() const {
  std::vector<Errand> errands;
  for (const sim::FloodOrder& order : setup_.orders)
    errands.push_back({order.at, order.node.value() - 1, errands.size()});
  return errands;
}

void FilesProtocol::run(const Errand& errand, NodeProcess& node) {
  if (!node.answers()) return;
  const flood::Request& request = setup_.orders[errand.number].request;
  tell(node.now(), errand.node, "ordered", words_of(request));
  if (const auto* wish = std::get_if<flood::Search>(&request)) search(*wish, node);
  if (const auto* wish = std::get_if<flood::Fetch>(&request)) fetch(wish->title, node);
}

void FilesProtocol::search(const flood::Search& search, NodeProcess& node) {
  std::string target =
      fmt::format("/v1/search?{}={}{}", search.by == flood::By::name ? "name" : "words",
                  percent_encoded(search.text), search.everywhere ? "&everywhere=1" : "");
  if (search.ttl != 0) target += fmt::format("&ttl={}", search.ttl);
  // It may have to wait for those before it.
  const Duration patience = config_.machine.search.answers_within * 10 + seconds(6);
  node.call({.method = "GET", .target = std::move(target)}, patience,
            [this, &node, text = search.text](const net::HttpResult& result) {
              if (result.status == 200)
                return found(node, text, nlohmann::json::parse(result.body, nullptr, false));
              if (node.answers())
                broken("search unanswered",
                       fmt::format("the search for {} came to status {} {}", text, result.status,
                                   result.error),
                       node.place(), node.now());
            });
}

void FilesProtocol::found(NodeProcess& node, const std::string& text,
                          const nlohmann::json& answer) {
  std::set<std::uint64_t> owners;
  std::map<std::string, std::set<std::uint64_t>> of_file;
  const auto sources = answer.is_object() ? answer.find("sources") : answer.end();
  if (sources != answer.end() && sources->is_array()) {
    for (const auto& each : *sources) {
      owners.insert(number_in(each, "node"));
      auto& own = of_file[text_in(each, "file")];
      own.insert(number_in(each, "node"));
      if (own.size() > 1) witnesses_.insert("found_at_several");
    }
  }
  ++searches_;
  with_hits_ += !owners.empty();
  if (owners.contains(node.place() + 1)) witnesses_.insert("found_here");
  if (owners.size() > owners.count(node.place() + 1)) witnesses_.insert("found_elsewhere");
  if (owners.empty()) witnesses_.insert("found_nothing");
  tell(node.now(), node.place(), "found",
       owners.empty() ? "finds nobody with " + text : "finds " + text + " at " + joined(owners));
}

void FilesProtocol::fetch(const std::string& title, NodeProcess& node) {
  seen_.at(node.place()).wanted.insert(title);
  node.call({.method = "POST", .target = "/v1/files/" + percent_encoded(title) + "/fetch"},
            told_within, [this, &node, title](const net::HttpResult& result) {
              if (result.status == 200) came(node, title);
              if (result.status == 409) {
                seen_.at(node.place()).wanted.erase(title);
                tell(node.now(), node.place(), "refused", "refuses: " + result.body);
              }
            });
}

void FilesProtocol::came(NodeProcess& node, const std::string& title) {
  if (seen_.at(node.place()).wanted.erase(title) == 0) return;
  witnesses_.insert("fetched");
  whole_.emplace(node.place(), title);
  tell(node.now(), node.place(), "fetched", "has " + title + " whole");
}

void FilesProtocol::look_closer(NodeProcess& node) {
  Seen& seen = seen_.at(node.place());
  if (seen.wanted.empty() || std::exchange(seen.asking, true)) return;
  node.get("/v1/fetches", told_within, [this, &node](const nlohmann::json& fetches) {
    seen_.at(node.place()).asking = false;
    if (fetches.is_object()) look_at_fetches(node, fetches);
  });
}

void FilesProtocol::look_at_fetches(NodeProcess& node, const nlohmann::json& fetches) {
  for (const auto& each : fetches.value("under_way", nlohmann::json::array()))
    sources_.insert(each.value("sources", std::set<std::uint64_t>()));
  for (const auto& each : fetches.value("ended", nlohmann::json::array())) {
    const std::string title = text_in(each, "name");
    if (text_in(each, "outcome") == "done") {
      came(node, title);
    } else if (seen_.at(node.place()).wanted.erase(title) > 0) {
      tell(node.now(), node.place(), "gave_up",
           "gives up " + title + ": " + text_in(each, "reason"));
    }
  }
}

void FilesProtocol::order(NodeProcess& node, const std::string& verb) {
  if (verb == "log_in") node.command("/v1/directory/login", "", [](bool) {});
}

void FilesProtocol::launched(std::uint32_t node) { seen_.at(node).asking = false; }

void FilesProtocol::ended(std::uint32_t node) { seen_.at(node).neighbours.clear(); }

void FilesProtocol::saw(std::uint32_t node, const NodeStatus& status) {
  const auto before = std::exchange(seen_.at(node).neighbours, status.neighbours);
  for (const auto id : before) {
    if (status.neighbours.contains(id)) continue;
    witnesses_.insert("neighbour_lost");
    tell(status.at, node, "neighbour_lost", fmt::format("loses its neighbour n{}", id));
  }
  for (const auto id : status.neighbours) {
    if (before.contains(id)) continue;
    if (witnesses_.contains("neighbour_lost")) witnesses_.insert("neighbour_returned");
    tell(status.at, node, "neighbour_joined", fmt::format("has a neighbour, n{}", id));
  }
  if (status.sent_bytes > 0) senders_.insert(node + 1);
  if (status.dropped_queries > 0) witnesses_.insert("query_dropped");
  if (status.false_chunks > 0) witnesses_.insert("false_chunk");
  if (status.dropped_sources == 0) return;
  witnesses_.insert("source_dropped");
  if (std::exchange(dropped_sources_[node], status.dropped_sources) != status.dropped_sources)
    tell(status.at, node, "source_dropped", "takes no more from a source");
}

bool FilesProtocol::agreed(const std::vector<sim::EndpointSet>& groups,
                           const std::vector<NodeStatus>& statuses) const {
  std::set<std::uint64_t> live;
  for (const auto& group : groups)
    for (const auto n : group) live.insert(n + 1);
  return std::all_of(live.begin(), live.end(), [&](std::uint64_t id) {
    const auto& own = statuses[id - 1].neighbours;
    return std::all_of(own.begin(), own.end(), [&](std::uint64_t other) {
      return live.contains(other) && statuses[other - 1].neighbours.contains(id);
    });
  });
}

void FilesProtocol::look_at_disk(const Home& home, const Clock&, Instant ended) {
  const fs::path shared = fs::path(home.data) / "files" / "shared";
  for (const sim::FloodFile& file : setup_.files) {
    const bool owes =
        whole_.contains({home.place, file.title}) ||
        std::find(file.on.begin(), file.on.end(), NodeId(home.place + 1)) != file.on.end();
    if (!owes && !fs::exists(shared / file.title)) continue;
    const std::string here = bytes_of(shared / file.title);
    const bool right =
        std::any_of(setup_.files.begin(), setup_.files.end(), [&](const sim::FloodFile& one) {
          return one.title == file.title && one.size == here.size() &&
                 content_of(one, scenario_.seed) == here;
        });
    if (!right)
      broken("file differs",
             fmt::format("{} of n{} has {} bytes, and not those that the scenario put there",
                         file.title, home.place + 1, here.size()),
             home.place, ended);
  }
}

Conclusion FilesProtocol::conclude(const std::vector<sim::TracedFault>&, Instant) {
  Conclusion found;
  found.witnesses = witnesses_;
  found.violations = violations_;
  const bool several = std::any_of(sources_.begin(), sources_.end(), [&](const auto& sources) {
    return sources.size() > 1 &&
           std::includes(senders_.begin(), senders_.end(), sources.begin(), sources.end());
  });
  if (several) found.witnesses.insert("several_sources");
  std::stable_sort(events_.begin(), events_.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  for (const NodeEvent& event : events_)
    found.steps.push_back(step_of(event, "peer", found.steps.size() + 1));
  double dropped = 0;
  for (const auto& [node, count] : dropped_sources_) dropped += static_cast<double>(count);
  // Under the names of the simulator, which counts messages as well.
  const std::pair<const char*, double> figures[] = {
      {"searches", static_cast<double>(searches_)},
      {"searches_with_hits", static_cast<double>(with_hits_)},
      {"files_fetched", static_cast<double>(whole_.size())},
      {"sources_dropped", dropped}};
  found.figures.assign(std::begin(figures), std::end(figures));
  return found;
}

void FilesProtocol::tell(Instant at, std::uint32_t node, std::string kind, std::string text) {
  NodeEvent event;
  event.at = at;
  event.node = node;
  event.kind = std::move(kind);
  event.text = std::move(text);
  events_.push_back(std::move(event));
}

void FilesProtocol::broken(std::string rule, std::string text, std::uint32_t node, Instant at) {
  violations_.push_back({std::move(rule), std::move(text), NodeId(node + 1), at});
}

}  // namespace lockstep::processes
