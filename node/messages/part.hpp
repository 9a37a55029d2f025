// MessagesPart: the message log beside the store (docs/messages.md).
#pragma once

#include "net/storage/log_store.hpp"
#include "node/guest/part.hpp"
#include "node/messages/api.hpp"
#include "node/messages/messages_host.hpp"

namespace lockstep::node {

class MessagesPart final : public GuestPart {
 public:
  // Throws net::StorageFailed.
  MessagesPart(net::asio::io_context& io, const Config& config, net::Log& log, Carry carry);

  [[nodiscard]] Guest guest() const override { return Guest::messages; }
  void start() override { host_.start(); }
  bool deliver(NodeId from, std::string_view message) override {
    return host_.deliver(from, message);
  }
  bool end_of_burst(net::Shift& shift, Duration delay) override {
    api_.go_on();
    return host_.end_of_burst(shift, delay);
  }
  void prepare() override { store_.prepare(); }

  void handle(const net::HttpRequest& request, const Respond& answer) override {
    api_.handle(request, answer);
  }
  void add_metrics(Exposition& out) const override { api_.add_metrics(out); }
  [[nodiscard]] std::string stream_text() override;
  void tell(Streams& streams) override;

 private:
  // Between two statuses; a browser that draws more than that does nothing else.
  static constexpr int most_streamed = 100;

  net::LogStore store_;
  MessagesHost host_;
  MessagesApi api_;
  int streamed_ = 0;
};

}  // namespace lockstep::node
