// NodeProcess: one lockstepd of the cluster: its process, its incarnations, and what it says of
// itself over HTTP. A node that is down or paused is not called, and what was asked of one that
// then crashes is never answered.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "net/http/client.hpp"
#include "processes/child.hpp"
#include "processes/clock.hpp"
#include "processes/protocol.hpp"

namespace lockstep::processes {

class NodeProcess {
 public:
  struct Setting {
    std::uint32_t place = 0;
    std::uint16_t api = 0;
    std::string token;
    Program program;
  };
  // Tells the protocol what it hears.
  NodeProcess(net::asio::io_context& io, Clock& clock, Setting setting, Protocol& protocol);

  // Calls `ready` when it answers; never if it ends before.
  void launch(std::function<void()> ready);
  void crash();  // SIGKILL
  void pause();  // SIGSTOP
  void resume();
  [[nodiscard]] bool is_up() const { return child_ != nullptr; }
  [[nodiscard]] bool is_paused() const { return paused_; }
  [[nodiscard]] bool answers() const { return is_up() && ready_ && !paused_; }
  // How its process ended without being killed by crash(), once; it is down then.
  [[nodiscard]] std::optional<std::string> take_end();
  void terminate();  // SIGTERM, and SIGCONT where it is paused

  // On the connections of operators.
  void call(net::HttpCall call, Duration timeout, net::HttpClient::Done done);
  // As an operator. Not kept waiting by the questions below, nor they by these.
  void post(const std::string& target, std::string body, Duration timeout,
            net::HttpClient::Done done);
  // `done` gets true when the node said yes.
  void command(const std::string& target, std::string body, std::function<void(bool)> done);
  // Status and new events, for the protocol.
  void ask(Duration timeout, std::function<void()> done);
  void fetch(const std::string& target, Duration timeout, net::HttpClient::Done done);
  // `done` gets null where there is no answer.
  void get(const std::string& target, Duration timeout,
           std::function<void(const nlohmann::json&)> done);

  [[nodiscard]] const NodeStatus& status() const { return status_; }
  [[nodiscard]] std::uint32_t place() const { return setting_.place; }
  [[nodiscard]] Instant now() const { return clock_.now(); }
  [[nodiscard]] std::string log() const { return setting_.program.output; }

 private:
  void knock(std::function<void()> ready);
  void read_status(const nlohmann::json& status, Instant asked);
  void read_events(const nlohmann::json& events, std::uint64_t incarnation);

  net::asio::io_context& io_;
  Clock& clock_;
  Setting setting_;
  Protocol& protocol_;
  std::unique_ptr<Child> child_;  // none while down
  std::unique_ptr<net::HttpClient> questions_, orders_;
  std::uint64_t incarnation_ = 0;
  std::uint64_t last_event_ = 0;
  bool ready_ = false, paused_ = false;
  NodeStatus status_;
};

}  // namespace lockstep::processes
