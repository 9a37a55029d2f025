#include "node/files/part.hpp"

#include <utility>

#include "core/base/overloaded.hpp"
#include "node/guest/store_options.hpp"

namespace lockstep::node {
namespace {

// Nothing: not worth a line. Progress is in the status.
Json told(const flood::Notice& notice) {
  return std::visit(Overloaded{[](const flood::QueryStarted& e) {
                                 return Json{{"kind", e.name},
                                             {"query", std::to_string(e.query.value())},
                                             {"ttl", e.ttl}};
                               },
                               [](const flood::SearchEnded& e) {
                                 return Json{{"kind", e.name},
                                             {"query", std::to_string(e.query.value())},
                                             {"sources", e.sources}};
                               },
                               [](const flood::SourceDropped& e) {
                                 return Json{{"kind", e.name},
                                             {"file", e.file.hash.hex()},
                                             {"peer", e.peer.value()},
                                             {"reason", name_of(e.flaw)}};
                               },
                               [](const flood::NeighbourJoined& e) {
                                 return Json{{"kind", e.name}, {"peer", e.peer.value()}};
                               },
                               [](const flood::NeighbourLost& e) {
                                 return Json{{"kind", e.name}, {"peer", e.peer.value()}};
                               },
                               [](const flood::FileFinished& e) {
                                 return Json{{"kind", e.name}, {"file", e.file.hash.hex()}};
                               },
                               [](const auto&) { return Json(); }},
                    notice);
}

// How a search travels.
Json told(NodeId to, const flood::Message& message) {
  if (const auto* query = std::get_if<flood::Query>(&message))
    return {{"kind", "query_sent"}, {"query", std::to_string(query->id.value())},
            {"to", to.value()},     {"ttl", query->ttl},
            {"hops", query->hops},  {"text", query->text}};
  const auto& hit = std::get<flood::Hit>(message);
  return {{"kind", "hit_sent"},
          {"query", std::to_string(hit.query.value())},
          {"to", to.value()},
          {"owner", hit.owner.value()},
          {"files", hit.files.size()}};
}

}  // namespace

FilesPart::FilesPart(net::asio::io_context& io, const Config& config, net::Log& log, Carry carry,
                     FilesHost::Hurry hurry)
    : store_(net::real_files(), guest_store_options(config, Guest::files, config.segment_bytes),
             log),
      host_(io, config, store_, log, std::move(carry), std::move(hurry)),
      api_(io, config, host_, log) {}

std::string FilesPart::stream_text() {
  streamed_ = 0;
  return R"({"files":)" + api_.status_json() + "}";
}

void FilesPart::tell(Streams& streams) {
  const auto send = [&streams](const Json& json) {
    if (!json.is_null()) streams.send(R"({"files_event":)" + dumped(json) + "}");
  };
  host_.watch(
      [&streams, send](const flood::Notice& notice) {
        if (streams.watched()) send(told(notice));
      },
      [this, &streams, send](NodeId to, const flood::Message& message) {
        if (!streams.watched() || streamed_ >= most_streamed) return;
        ++streamed_;
        send(told(to, message));
      });
}

}  // namespace lockstep::node
