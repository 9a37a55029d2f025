#include "node/files/api.hpp"

#include <charconv>
#include <memory>

#include "core/base/overloaded.hpp"
#include "core/flood/names.hpp"
#include "node/files/file_body.hpp"
#include "node/guest/answers.hpp"

namespace lockstep::node {
namespace {

using answers::failed, answers::refused, answers::unknown;

constexpr Duration longest_fetch = seconds(365LL * 24 * 3600);
constexpr std::string_view files_path = "/v1/files/", fetch_end = "/fetch";

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool reads(const net::HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

net::HttpResponse wrong_method(const net::HttpRequest& request, std::string_view method) {
  auto response = refused(405, request.path + " takes " + std::string(method));
  response.headers.emplace_back("Allow", method);
  return response;
}

net::HttpResponse no_room(const FilesHost& host) {
  return host.is_full() ? answers::disk_full() : failed("busy");
}

Json source_json(const flood::Source& source, NodeId self) {
  return {{"node", source.owner.value()},
          {"name", source.file.title},
          {"size", source.file.size},
          {"file", source.file.file.hash.hex()},
          {"here", source.owner == self}};
}

}  // namespace

FilesApi::FilesApi(net::asio::io_context& io, const Config& config, FilesHost& host, net::Log& log)
    : config_(config), host_(host), log_(log), indexer_(io, host) {}

void FilesApi::start() {
  std::vector<std::string> names;
  for (const flood::Fetching& each : host_.machine().transfers().fetching())
    names.push_back(each.title);
  for (const std::string& name : names) {
    if (host_.has_room()) begin_fetch(name, [](const flood::Reply&) {});
  }
  indexer_.run(true, [this](const Indexer::Outcome& outcome) {
    log_.info("offers what is in the shared folder", {{"folder", host_.shelf().folder()},
                                                      {"files", host_.machine().index().size()},
                                                      {"skipped", outcome.skipped.size()}});
  });
}

// The dashboards of other members ask here, too.
void FilesApi::handle(const net::HttpRequest& request, const Respond& unopened) {
  const Respond answer = [unopened](net::HttpResponse response) {
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    unopened(std::move(response));
  };
  const std::string& path = request.path;
  if (path == "/v1/directory/login") return log_in(request, answer);
  if (path == "/v1/files/index" && request.method == "POST") return index(answer);
  if (path.starts_with(files_path)) return handle_file(request, answer);
  if (!reads(request)) return answer(wrong_method(request, "GET"));
  if (path == "/v1/search") return search(request, answer);
  const auto json = [&](std::string text) {
    answer({200, "application/json", std::move(text), {}});
  };
  if (path == "/v1/directory") return json(directory_json());
  if (path == "/v1/files") return json(files_json(request));
  if (path == "/v1/fetches") return json(fetches_json());
  answer(refused(404, "there is no " + path + "; docs/files.md lists what there is"));
}

// /v1/files/NAME, /v1/files/NAME/fetch. A name has no slash, whatever was encoded.
void FilesApi::handle_file(const net::HttpRequest& request, const Respond& answer) {
  std::string name = request.path.substr(files_path.size());
  const bool fetches = name.ends_with(fetch_end);
  if (fetches) name.resize(name.size() - fetch_end.size());
  if (const auto why = flood::refusal_of_name(name); !why.empty())
    return answer(refused(400, std::string(why)));
  if (fetches) {
    if (request.method != "POST") return answer(wrong_method(request, "POST"));
    return fetch(name, answer);
  }
  if (!reads(request)) return answer(wrong_method(request, "GET"));
  answer(content(name));
}

void FilesApi::log_in(const net::HttpRequest& request, const Respond& answer) {
  if (request.method != "POST") return answer(wrong_method(request, "POST"));
  NodeId peer = nobody;
  if (const auto* text = request.parameter("peer")) {
    const auto number = whole(*text);
    if (!number || *number == 0 || *number > config_.members.size() ||
        *number == config_.id.value())
      return answer(refused(400, "peer is the id of another member"));
    peer = NodeId(static_cast<std::uint32_t>(*number));
  }
  if (!host_.has_room()) return answer(no_room(host_));
  host_.ask(flood::LogIn{peer}, seconds(5), [this, answer](auto&&) {
    answer({200, "application/json", directory_json(), {}});
  });
}

void FilesApi::index(const Respond& answer) {
  if (indexer_.is_busy()) return answer(failed("busy"));
  indexer_.run(false, [this, answer](const Indexer::Outcome& outcome) {
    if (outcome.full) return answer(no_room(host_));
    Json skipped = Json::array();
    for (const auto& [name, why] : outcome.skipped)
      skipped.push_back({{"name", name}, {"reason", why}});
    answer(answers::json(200, {{"outcome", "done"},
                               {"files", host_.machine().index().size()},
                               {"added", outcome.added},
                               {"removed", outcome.removed},
                               {"skipped", std::move(skipped)},
                               {"hashed_bytes", outcome.hashed_bytes}}));
  });
}

void FilesApi::search(const net::HttpRequest& request, const Respond& answer) {
  const auto* name = request.parameter("name");
  const auto* words = request.parameter("words");
  const auto* ttl = request.parameter("ttl");
  const auto* everywhere = request.parameter("everywhere");
  if ((name == nullptr) == (words == nullptr))
    return answer(refused(400, "search for name=… or for words=…"));
  const auto hops = ttl == nullptr ? std::optional<std::uint64_t>(0) : whole(*ttl);
  const std::uint64_t most = config_.files.machine.search.max_ttl;
  if (!hops || *hops > most || (ttl != nullptr && *hops == 0))
    return answer(refused(400, "ttl is 1 to " + std::to_string(most)));
  if (!host_.has_room()) return answer(no_room(host_));
  flood::Search search;
  search.text = name != nullptr ? *name : *words;
  search.by = name != nullptr ? flood::By::name : flood::By::words;
  search.ttl = static_cast<std::uint8_t>(*hops);
  search.everywhere = everywhere != nullptr && *everywhere != "0";
  ++searches_;
  // It may have to wait for those before it.
  const Duration patience = config_.files.machine.search.answers_within * 10 + seconds(5);
  host_.ask(std::move(search), patience, [this, answer](std::optional<flood::Reply>&& reply) {
    if (!reply) return answer(unknown("timed_out"));
    if (const auto* no = std::get_if<flood::Refused>(&*reply)) return answer(refused(400, no->why));
    Json sources = Json::array();
    for (const flood::Source& each : std::get<flood::Found>(*reply).sources)
      sources.push_back(source_json(each, config_.id));
    if (!sources.empty()) ++found_;
    answer(answers::json(200, {{"sources", std::move(sources)}}));
  });
}

void FilesApi::fetch(const std::string& name, const Respond& answer) {
  if (!host_.has_room()) return answer(no_room(host_));
  if (host_.machine().index().find(name) == nullptr && host_.shelf().open(name))
    return answer(refused(409, "it lies in the shared folder and is not offered; index it"));
  bool answered = false;
  begin_fetch(name, [&](const flood::Reply& reply) {
    answered = true;
    if (const auto* no = std::get_if<flood::Refused>(&reply)) return answer(refused(409, no->why));
    answer(answers::json(200, {{"outcome", "done"}, {"name", name}}));
  });
  if (!answered) answer(answers::json(202, {{"outcome", "begun"}, {"name", name}}));
}

// `at_once`: called where the reply is there before this returns, and then nothing is under way.
void FilesApi::begin_fetch(const std::string& name,
                           const std::function<void(const flood::Reply&)>& at_once) {
  const auto calling = std::make_shared<bool>(true);
  host_.ask(flood::Fetch{name}, longest_fetch,
            [this, name, calling, &at_once](std::optional<flood::Reply>&& reply) {
              *calling ? at_once(reply.value()) : ended(name, reply);
            });
  *calling = false;
  for (const flood::Fetching& each : host_.machine().transfers().fetching()) {
    if (each.title == name) under_way_.try_emplace(name, UnderWay{net::now(), each.kept});
  }
}

void FilesApi::ended(const std::string& name, const std::optional<flood::Reply>& reply) {
  const auto begun = under_way_.extract(name);
  Ended end{name, "done", "", 0, 0};
  if (!begun.empty()) end.seconds = (net::now() - begun.mapped().begun).seconds();
  if (const auto* no = reply ? std::get_if<flood::Refused>(&*reply) : nullptr) {
    end.outcome = "failed";
    end.reason = no->why;
    ++failed_fetches_;
  }
  if (const auto* listing = host_.machine().index().find(name)) end.size = listing->size;
  if (ended_.size() >= most_ended) ended_.pop_front();
  ended_.push_back(std::move(end));
}

net::HttpResponse FilesApi::content(const std::string& name) const {
  const flood::Listing* const listing = host_.machine().index().find(name);
  if (listing == nullptr) return refused(404, "no file of that name is offered here");
  OpenFile file = host_.shelf().open(name);
  if (!file || Shelf::stamp_of(*file).size != listing->size)
    return refused(404, "the file is not on the disk as it was indexed; index again");
  net::HttpResponse response{200, "application/octet-stream", "", {}};
  response.headers.emplace_back("ETag", "\"" + listing->file.hash.hex() + "\"");
  response.rest = std::make_shared<FileBody>(std::move(file), listing->size);
  return response;
}

}  // namespace lockstep::node
