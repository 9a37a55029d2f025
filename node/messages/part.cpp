#include "node/messages/part.hpp"

#include <utility>

#include "node/guest/store_options.hpp"

namespace lockstep::node {

MessagesPart::MessagesPart(net::asio::io_context& io, const Config& config, net::Log& log,
                           Carry carry)
    : store_(net::real_files(), guest_store_options(config, Guest::messages, config.segment_bytes),
             log),
      host_(io, config, store_, log, std::move(carry)),
      api_(config, host_) {}

std::string MessagesPart::stream_text() {
  streamed_ = 0;
  return R"({"lamport":)" + api_.status_json() + "}";
}

void MessagesPart::tell(Streams& streams) {
  host_.watch([this, &streams](lamport::Stamp stamp) {
    if (!streams.watched() || streamed_ >= most_streamed) return;
    // The step that showed it may have found an earlier stamp of the same message.
    if (!host_.machine().log().order().contains(stamp)) return;
    ++streamed_;
    streams.send(R"({"message":)" + api_.message_json(stamp) + "}");
  });
}

}  // namespace lockstep::node
