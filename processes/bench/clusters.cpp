#include "processes/bench/clusters.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace lockstep::processes {

BenchCluster::BenchCluster(Kind kind, const std::string& folder)
    : kind_(kind), ports_(3 * size), children_(size) {
  layout_.folder = folder;
  for (std::size_t place = 0; place < size; ++place) {
    layout_.peers.push_back(ports_[place]);
    layout_.clients.push_back(ports_[size + place]);
    layout_.elections.push_back(ports_[2 * size + place]);
  }
  std::filesystem::create_directories(folder);
  for (std::size_t place = 0; place < size; ++place) start(place);
  (void)leader();
}

void BenchCluster::start(std::size_t place) {
  children_[place] = std::make_unique<Child>(server_of(kind_, layout_, place));
}

std::size_t BenchCluster::leader() const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  std::size_t running = size;
  while (running > 0 && std::chrono::steady_clock::now() < deadline) {
    running = 0;
    for (std::size_t place = 0; place < size; ++place) {
      if (children_[place]->ended()) continue;
      ++running;
      if (leads(kind_, port(place))) return place;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  throw std::runtime_error(fmt::format("no {} server leads, {} run; their logs are in {}",
                                       name_of(kind_), running, layout_.folder));
}

}  // namespace lockstep::processes
