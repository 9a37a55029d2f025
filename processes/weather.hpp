// Weather: what the messages between clients and nodes meet. It is made here, not in the nodes:
// latency is drawn for every message, and a message crosses a cut neither when it leaves nor when
// it arrives.
#pragma once

#include <cstdint>
#include <functional>

#include "core/base/random.hpp"
#include "node/client/remote_client.hpp"
#include "processes/clock.hpp"
#include "sim/faults/links.hpp"

namespace lockstep::processes {

class Weather {
 public:
  Weather(const sim::Scenario& scenario, const sim::Links& links, Clock& clock);

  void calm();  // loss and duplication are over
  // From one endpoint to another one, by place.
  void carry(std::uint32_t from, std::uint32_t to, std::function<void()> arrive);
  void saw_not_leader() { not_leader_ = true; }
  void saw_request() { ++requests_; }

  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] std::uint64_t doubled() const { return doubled_; }
  [[nodiscard]] std::uint64_t requests() const { return requests_; }
  [[nodiscard]] bool not_leader_answered() const { return not_leader_; }

 private:
  void copy(std::uint32_t from, std::uint32_t to, const std::function<void()>& arrive);

  const sim::Links& links_;
  Clock& clock_;
  Random random_;
  sim::Latency latency_;
  Ratio loss_, duplicate_;
  std::uint64_t sent_ = 0, lost_ = 0, doubled_ = 0, requests_ = 0;
  bool not_leader_ = false;
};

// The way of one client through it.
class ClientRoad final : public node::Road {
 public:
  ClientRoad(Weather& weather, std::uint32_t client) : weather_(weather), client_(client) {}
  void to_server(NodeId server, const kv::Request& request, std::function<void()> arrive) override;
  void to_client(NodeId server, const kv::Reply& reply, std::function<void()> arrive) override;

 private:
  Weather& weather_;
  std::uint32_t client_;  // its endpoint
};

}  // namespace lockstep::processes
