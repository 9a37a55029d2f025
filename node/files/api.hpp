// FilesApi: what clients ask of the shared files over HTTP (docs/files.md).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "net/http/server.hpp"
#include "node/config/config.hpp"
#include "node/config/json.hpp"
#include "node/files/files_host.hpp"
#include "node/files/indexer.hpp"
#include "node/metrics/exposition.hpp"

namespace lockstep::node {

class FilesApi {
 public:
  using Respond = std::function<void(net::HttpResponse)>;

  FilesApi(net::asio::io_context& io, const Config& config, FilesHost& host, net::Log& log);

  // What is there is offered, what was on its way goes on.
  void start();
  void handle(const net::HttpRequest& request, const Respond& answer);

  [[nodiscard]] std::string status_json() const;
  void add_metrics(Exposition& out) const;

 private:
  struct UnderWay {
    Instant begun;
    std::uint32_t had = 0;  // chunks
  };
  struct Ended {
    std::string name, outcome, reason;
    std::uint64_t size = 0;
    double seconds = 0;
  };

  void handle_file(const net::HttpRequest& request, const Respond& answer);
  void log_in(const net::HttpRequest& request, const Respond& answer);
  void index(const Respond& answer);
  void search(const net::HttpRequest& request, const Respond& answer);
  void fetch(const std::string& name, const Respond& answer);
  void begin_fetch(const std::string& name,
                   const std::function<void(const flood::Reply&)>& at_once);
  void ended(const std::string& name, const std::optional<flood::Reply>& reply);
  [[nodiscard]] net::HttpResponse content(const std::string& name) const;

  // status.cpp
  [[nodiscard]] Json own_json() const;  // whom this member knows, and what it counts
  [[nodiscard]] std::string directory_json() const;
  [[nodiscard]] std::string files_json(const net::HttpRequest& request) const;
  [[nodiscard]] std::string fetches_json() const;
  [[nodiscard]] Json fetch_json(const flood::Fetching& fetching) const;

  static constexpr std::size_t most_ended = 64;

  const Config& config_;
  FilesHost& host_;
  net::Log& log_;
  Indexer indexer_;
  std::map<std::string, UnderWay> under_way_;  // by name
  std::deque<Ended> ended_;                    // the latest last
  std::uint64_t searches_ = 0, found_ = 0, failed_fetches_ = 0;
};

}  // namespace lockstep::node
