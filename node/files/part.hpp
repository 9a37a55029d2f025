// FilesPart: the flooding search and the exchange of files beside the store (docs/files.md).
#pragma once

#include "net/storage/log_store.hpp"
#include "node/files/api.hpp"
#include "node/files/files_host.hpp"
#include "node/guest/part.hpp"

namespace lockstep::node {

class FilesPart final : public GuestPart {
 public:
  // Throws net::StorageFailed.
  FilesPart(net::asio::io_context& io, const Config& config, net::Log& log, Carry carry,
            FilesHost::Hurry hurry);

  [[nodiscard]] Guest guest() const override { return Guest::files; }
  void start() override {
    host_.start();
    api_.start();
  }
  bool deliver(NodeId from, std::string_view message) override {
    return host_.deliver(from, message);
  }
  bool end_of_burst(net::Shift& shift, Duration delay) override {
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
  // Queries and hits between two statuses; a browser that draws more than that does nothing else.
  static constexpr int most_streamed = 200;

  net::LogStore store_;
  FilesHost host_;
  FilesApi api_;
  int streamed_ = 0;
};

}  // namespace lockstep::node
