// A cluster of Raft machines in which everything but their names is fixed: delays, losses, disks
// and seeds belong to processes (0, 1, …), whatever ids these go by and in whatever order they are
// inserted. Two such clusters must live the same life.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/raft/raft.hpp"

namespace lockstep::properties {

struct Weather {
  std::uint64_t seed = 1;
  Duration longest_delay = milliseconds(20);
  Duration longest_sync = milliseconds(5);
  std::uint64_t lost_in_100 = 0;
};

class NamedCluster {
 public:
  // `names` by process; `insertion`: every process once.
  NamedCluster(std::vector<NodeId> names, const std::vector<std::size_t>& insertion,
               raft::Config config, Weather weather);
  // A command every so often, to whichever process leads the highest term.
  void run_until(Instant end, Duration between_commands);

  // What happened, a line a step, by process and without names.
  [[nodiscard]] const std::vector<std::string>& life() const { return life_; }
  [[nodiscard]] std::uint64_t commits() const;

 private:
  using A = raft::Alphabet;
  // When, at whom, from whom, and the how manieth on that way: equal instants are told apart
  // without looking at names or at who was inserted first.
  using Place = std::tuple<Instant, std::size_t, std::size_t, std::uint64_t>;

  void step(std::size_t process, const Event<A>& event);
  void perform(std::size_t process, const Effect<A>& effect);
  void send(std::size_t from, std::size_t to, const raft::Message& message);
  void tell(std::size_t process);
  void propose();
  [[nodiscard]] std::size_t process_of(NodeId name) const;
  [[nodiscard]] std::string called(NodeId name) const;
  [[nodiscard]] std::uint64_t chance(std::uint64_t purpose, std::size_t from, std::size_t to,
                                     std::uint64_t count, std::uint64_t bound) const;

  std::vector<NodeId> names_;
  Weather weather_;
  std::vector<raft::Raft> machines_;  // by process
  std::vector<RecordSeq> written_;
  std::vector<Instant> disk_free_;
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> counts_;
  std::map<std::pair<std::size_t, raft::Timer>, TimerEpoch> alarms_;
  std::map<Place, Event<A>> agenda_;
  Instant now_;
  std::uint64_t commands_ = 0;
  std::vector<std::string> life_;
};

}  // namespace lockstep::properties
