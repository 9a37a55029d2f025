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

}  // namespace

FilesPart::FilesPart(net::asio::io_context& io, const Config& config, net::Log& log, Carry carry)
    : store_(net::real_files(), guest_store_options(config, Guest::files, config.segment_bytes),
             log),
      host_(io, config, store_, log, std::move(carry)),
      api_(io, config, host_, log) {}

void FilesPart::tell(Streams& streams) {
  host_.watch([&streams](const flood::Notice& notice) {
    if (!streams.watched()) return;
    const Json json = told(notice);
    if (!json.is_null()) streams.send(R"({"files_event":)" + dumped(json) + "}");
  });
}

}  // namespace lockstep::node
