#include "processes/weather.hpp"

#include "sim/world/post.hpp"
#include "sim/world/purpose.hpp"

namespace lockstep::processes {

Weather::Weather(const sim::Scenario& scenario, const sim::Links& links, Clock& clock)
    : links_(links),
      clock_(clock),
      random_(mix_seed(scenario.seed, static_cast<std::uint64_t>(sim::Purpose::post))),
      latency_(scenario.network.latency),
      loss_(scenario.network.loss),
      duplicate_(scenario.network.duplicate) {}

void Weather::calm() { loss_ = duplicate_ = Ratio{}; }

void Weather::carry(std::uint32_t from, std::uint32_t to, std::function<void()> arrive) {
  ++sent_;
  if (links_.is_cut(from, to) || random_.chance(loss_)) {
    ++lost_;
    return;
  }
  if (random_.chance(duplicate_)) {
    ++doubled_;
    copy(from, to, arrive);
  }
  copy(from, to, arrive);
}

void Weather::copy(std::uint32_t from, std::uint32_t to, const std::function<void()>& arrive) {
  const Duration late = sim::draw_latency(latency_, random_) + links_.extra(from, to);
  clock_.at(clock_.now() + late, [this, from, to, arrive] {
    if (links_.is_cut(from, to)) {
      ++lost_;
    } else {
      arrive();
    }
  });
}

void ClientRoad::to_server(NodeId server, const kv::Request&, std::function<void()> arrive) {
  weather_.saw_request();
  weather_.carry(client_, server.value() - 1, std::move(arrive));
}

void ClientRoad::to_client(NodeId server, const kv::Reply& reply, std::function<void()> arrive) {
  if (std::holds_alternative<kv::NotLeader>(reply)) weather_.saw_not_leader();
  weather_.carry(server.value() - 1, client_, std::move(arrive));
}

}  // namespace lockstep::processes
