// ElectionPart: the election beside the store (docs/election.md).
#pragma once

#include "net/storage/log_store.hpp"
#include "node/election/api.hpp"
#include "node/election/election.hpp"
#include "node/guest/part.hpp"

namespace lockstep::node {

class ElectionPart final : public GuestPart {
 public:
  // Throws net::StorageFailed.
  ElectionPart(net::asio::io_context& io, const Config& config, quorum::Keyring keyring,
               net::Log& log, Carry carry);

  [[nodiscard]] Guest guest() const override { return Guest::election; }
  void start() override { election_.start(); }
  bool deliver(NodeId from, std::string_view message) override {
    return election_.deliver(from, message);
  }
  bool end_of_burst(net::Shift& shift, Duration delay) override {
    return election_.end_of_burst(shift, delay);
  }
  void lay_down() override { election_.lay_down(); }
  void prepare() override { store_.prepare(); }

  void handle(const net::HttpRequest& request, const Respond& answer) override {
    api_.handle(request, answer);
  }
  void obey(const net::HttpRequest& request, const Respond& answer) override;
  void add_metrics(Exposition& out) const override { api_.add_metrics(out); }
  [[nodiscard]] std::string stream_text() override;
  void tell(Streams& streams) override;

 private:
  net::LogStore store_;
  Election election_;
  ElectionApi api_;
};

}  // namespace lockstep::node
