// FilesProtocol, before the run: what nodes are told, and their files.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "processes/files_protocol.hpp"

namespace lockstep::processes {
namespace {

namespace fs = std::filesystem;

// What a node has no word for must be as it is in every node.
template <class Value>
void want_usual(Settings& settings, const char* key, const Value& value, const Value& usual) {
  if (value != usual) settings.emplace_back(std::string("files.") + key, "");
}

}  // namespace

Settings FilesProtocol::settings() const {
  const flood::Config& machine = config_.machine;
  const auto& [directory, search, transfer] = machine;
  Settings settings{{"files.mode", "on"},
                    {"files.ttl", std::to_string(search.ttl)},
                    {"files.answers_within", to_text(search.answers_within)},
                    {"files.settles_after", to_text(search.settles_after)},
                    {"files.max_searches", std::to_string(search.max_open)},
                    {"files.max_files", std::to_string(transfer.max_files)},
                    {"files.max_fetches", std::to_string(transfer.max_fetches)},
                    {"files.max_sources", std::to_string(transfer.max_sources)},
                    {"files.window", std::to_string(transfer.window)},
                    {"files.chunk_timeout", to_text(transfer.chunk_timeout)}};
  const flood::Config usual;
  want_usual(settings, "max_neighbours", directory.max_neighbours, usual.directory.max_neighbours);
  want_usual(settings, "max_known", directory.max_known, usual.directory.max_known);
  want_usual(settings, "health_check", directory.health_check, usual.directory.health_check);
  want_usual(settings, "misses", directory.misses, usual.directory.misses);
  want_usual(settings, "login_backoff", directory.backoff_low, usual.directory.backoff_low);
  want_usual(settings, "login_backoff", directory.backoff_high, usual.directory.backoff_high);
  want_usual(settings, "max_ttl", search.max_ttl, usual.search.max_ttl);
  want_usual(settings, "max_waiting", search.max_waiting, usual.search.max_waiting);
  want_usual(settings, "max_hits", search.max_hits, usual.search.max_hits);
  want_usual(settings, "direct_hits", search.direct_hits, usual.search.direct_hits);
  want_usual(settings, "seen_for", search.seen_for, usual.search.seen_for);
  want_usual(settings, "seen_capacity", search.seen_capacity, usual.search.seen_capacity);
  want_usual(settings, "query_rate", search.query_rate, usual.search.query_rate);
  want_usual(settings, "query_burst", search.query_burst, usual.search.query_burst);
  want_usual(settings, "patience", transfer.patience, usual.transfer.patience);
  want_usual(settings, "retry", transfer.retry, usual.transfer.retry);
  want_usual(settings, "max_searches", transfer.max_searches, usual.transfer.max_searches);
  return settings;
}

std::string FilesProtocol::path_of(const std::string& key) const {
  return key == "files.max_searches" ? "config.max_open" : Protocol::path_of(key);
}

std::vector<Obstacle> FilesProtocol::obstacles() const {
  std::vector<Obstacle> found;
  if (config_.topology.shape != sim::Topology::Shape::complete)
    found.push_back({"config.topology", "nodes know one another, the network is complete"});
  if (!config_.rogues.empty()) found.push_back({"config.rogues", "a node keeps to its protocol"});
  for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
    const std::string key = sim::key_of(scenario_.faults[i].action);
    if (key == "log_out")
      found.push_back({fmt::format("faults[{}].{}", i, key), "a node that runs is logged in"});
  }
  for (const sim::FloodOrder& order : setup_.orders) {
    if (std::holds_alternative<flood::Unshare>(order.request))
      found.push_back({"setup.orders", "a file is offered as long as it lies there; no unshare"});
    const auto* search = std::get_if<flood::Search>(&order.request);
    if (search == nullptr) continue;
    if (search->strategy != flood::Strategy::flood || search->permille != 1000)
      found.push_back({"setup.orders", "a node searches by flooding only; no strategy, permille"});
    if (search->ttl > config_.machine.search.max_ttl)
      found.push_back({"setup.orders", "a ttl is at most that of config.max_ttl"});
  }
  return found;
}

std::vector<std::string> FilesProtocol::differences() const {
  if (!config_.machine.directory.start_linked) return {};
  return {"config.start_linked: nodes log in at one another at their start"};
}

const Names& FilesProtocol::rules() const {
  static const Names names{"file differs", "search unanswered"};
  return names;
}

const Names& FilesProtocol::unknowable() const {
  static const Names names{"query_covered_all", "query_repeated", "false_manifest", "resumed",
                           "records_lost"};
  return names;
}

Settings FilesProtocol::move_in(const Home& home) const {
  const fs::path shared = fs::path(home.data) / "files" / "shared";
  fs::create_directories(shared);
  for (const sim::FloodFile& file : setup_.files) {
    for (const NodeId node : file.on) {
      if (node.value() != home.place + 1) continue;
      std::ofstream(shared / file.title, std::ios::binary) << content_of(file, scenario_.seed);
    }
  }
  return {};
}

}  // namespace lockstep::processes
