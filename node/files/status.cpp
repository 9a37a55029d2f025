// FilesApi, status: whom this member knows, what it offers, what is on its way, and what it counts.
#include <algorithm>

#include "node/files/api.hpp"
#include "node/guest/answers.hpp"

namespace lockstep::node {

Json FilesApi::own_json() const {
  const flood::Flood& machine = host_.machine();
  Json neighbours = Json::array();
  for (const auto& [id, neighbour] : machine.directory().neighbours())
    neighbours.push_back({{"node", id.value()},
                          {"heard_ms", (host_.now() - neighbour.heard).milliseconds()},
                          {"misses", neighbour.misses}});
  return {{"node", config_.id.value()},
          {"neighbours", std::move(neighbours)},
          {"files", machine.index().size()},
          {"open_searches", machine.searches().open()},
          {"room", !host_.is_full()},
          {"sent_bytes", host_.counts().bytes_sent},
          {"received_bytes", host_.counts().bytes_received},
          {"dropped_sources", host_.counts().dropped_sources},
          {"dropped_queries", host_.counts().dropped_queries},
          {"false_chunks", host_.counts().false_chunks}};
}

std::string FilesApi::directory_json() const { return dumped(own_json()); }

std::string FilesApi::files_json(const net::HttpRequest& request) const {
  constexpr std::size_t most = 1000;
  const auto* after = request.parameter("after");
  const auto& files = host_.machine().index().files();
  auto next = after == nullptr
                  ? files.begin()
                  : std::upper_bound(files.begin(), files.end(), *after,
                                     [](const std::string& name, const flood::Listing& each) {
                                       return name < each.title;
                                     });
  Json page = Json::array();
  for (; next != files.end() && page.size() < most; ++next)
    page.push_back({{"name", next->title}, {"size", next->size}, {"file", next->file.hash.hex()}});
  return dumped({{"files", std::move(page)}, {"more", next != files.end()}});
}

Json FilesApi::fetch_json(const flood::Fetching& fetching) const {
  Json sources = Json::array();
  for (const auto& [node, supplier] : fetching.suppliers) sources.push_back(node.value());
  const std::uint64_t size = fetching.verified ? fetching.manifest.size : 0;
  const std::uint64_t here = std::min(std::uint64_t{fetching.kept} * flood::chunk_size, size);
  const char* state = fetching.finishing           ? "finishing"
                      : !fetching.verified         ? "searching"
                      : fetching.suppliers.empty() ? "waiting"
                                                   : "fetching";
  double rate = 0;
  if (const auto begun = under_way_.find(fetching.title); begun != under_way_.end()) {
    const double seconds = (net::now() - begun->second.begun).seconds();
    const double bytes = double{flood::chunk_size} * (fetching.kept - begun->second.had);
    rate = seconds > 0 ? bytes / seconds : 0;
  }
  return {{"name", fetching.title},
          {"state", state},
          {"size", fetching.verified ? Json(size) : Json()},
          {"here", here},
          {"chunks", fetching.verified ? fetching.chunks() : 0},
          {"chunks_here", fetching.kept},
          {"sources", std::move(sources)},
          {"searches_in_vain", fetching.in_vain},
          {"bytes_per_s", rate}};
}

std::string FilesApi::fetches_json() const {
  Json open = Json::array(), over = Json::array();
  for (const flood::Fetching& each : host_.machine().transfers().fetching())
    open.push_back(fetch_json(each));
  for (auto each = ended_.rbegin(); each != ended_.rend(); ++each) {
    Json end{{"name", each->name}, {"outcome", each->outcome}};
    if (!each->reason.empty()) end["reason"] = each->reason;
    end["size"] = each->size;
    end["seconds"] = each->seconds;
    over.push_back(std::move(end));
  }
  return dumped({{"under_way", std::move(open)}, {"ended", std::move(over)}});
}

std::string FilesApi::status_json() const {
  Json status = own_json();
  status["fetches"] = Json::array();
  for (const flood::Fetching& each : host_.machine().transfers().fetching())
    status["fetches"].push_back(fetch_json(each));
  return dumped(status);
}

void FilesApi::add_metrics(Exposition& out) const {
  const flood::Flood& machine = host_.machine();
  const auto& counts = host_.counts();
  const auto add = [&](const char* type, const char* name, const char* help, auto number) {
    out.metric(name, type, help);
    out.value(static_cast<double>(number));
  };
  add("gauge", "lockstep_files_neighbours", "Neighbours in the search.",
      machine.directory().neighbours().size());
  add("gauge", "lockstep_files_offered", "Files this member offers.", machine.index().size());
  add("gauge", "lockstep_files_fetches", "Files on their way here.",
      machine.transfers().fetching().size());
  add("gauge", "lockstep_files_open_searches", "Searches this member has under way.",
      machine.searches().open());
  add("gauge", "lockstep_files_wal_bytes", "Bytes of the log on disk.", host_.bytes_on_disk());
  add("counter", "lockstep_files_searches_total", "Searches of clients of this member.", searches_);
  add("counter", "lockstep_files_found_total", "Those that found something.", found_);
  add("counter", "lockstep_files_queries_total", "Queries this member began.", counts.queries);
  add("counter", "lockstep_files_dropped_queries_total",
      "Queries of neighbours that were dropped: too many.", counts.dropped_queries);
  add("counter", "lockstep_files_sent_bytes_total", "Bytes of files sent to other members.",
      counts.bytes_sent);
  add("counter", "lockstep_files_received_bytes_total", "Bytes of files received and found right.",
      counts.bytes_received);
  add("counter", "lockstep_files_false_chunks_total", "Chunks received with another hash.",
      counts.false_chunks);
  add("counter", "lockstep_files_unreadable_total", "Chunks asked for that could not be read.",
      counts.unreadable);
  add("counter", "lockstep_files_lost_chunks_total", "Chunks for which the disk had no room.",
      counts.lost);
  add("counter", "lockstep_files_dropped_sources_total", "Sources that were slow, empty or false.",
      counts.dropped_sources);
  add("counter", "lockstep_files_finished_total", "Files fetched whole.", counts.finished);
  add("counter", "lockstep_files_failed_fetches_total", "Fetches that were given up.",
      failed_fetches_);
  add("counter", "lockstep_files_syncs_total", "Syncs of the shared folder.", counts.syncs);
}

}  // namespace lockstep::node
