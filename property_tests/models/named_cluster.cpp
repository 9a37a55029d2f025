#include "property_tests/models/named_cluster.hpp"

#include <algorithm>

#include "core/base/overloaded.hpp"
#include "core/text/to_text.hpp"

namespace lockstep::properties {

namespace {

enum Purpose : std::uint64_t { delay, loss, sync, seed };
constexpr std::size_t timers = 1000, disk = 1001;  // senders that are no processes

}  // namespace

NamedCluster::NamedCluster(std::vector<NodeId> names, const std::vector<std::size_t>& insertion,
                           raft::Config config, Weather weather)
    : names_(std::move(names)),
      weather_(weather),
      written_(names_.size()),
      disk_free_(names_.size()) {
  std::vector<NodeId> members;
  for (const std::size_t process : insertion) members.push_back(names_[process]);
  std::sort(members.begin(), members.end());
  for (std::size_t process = 0; process < names_.size(); ++process)
    machines_.emplace_back(names_[process], members, config,
                           mix_seed(weather_.seed, Purpose::seed, process));
  for (const std::size_t process : insertion) step(process, Started<raft::Record>{});
  life_.clear();  // the first steps, all at one instant, were told in the order of insertion
}

void NamedCluster::run_until(Instant end, Duration between_commands) {
  Instant next_command = now_ + between_commands;
  while (!agenda_.empty()) {
    const Instant at = std::min(std::get<0>(agenda_.begin()->first), next_command);
    if (at > end) break;
    now_ = at;
    if (at == next_command) {
      propose();
      next_command = now_ + between_commands;
      continue;
    }
    const auto first = agenda_.begin();
    const std::size_t process = std::get<1>(first->first);
    const Event<A> event = std::move(first->second);
    agenda_.erase(first);
    step(process, event);
  }
  now_ = end;
}

void NamedCluster::propose() {
  std::size_t leader = names_.size();
  for (std::size_t i = 0; i < machines_.size(); ++i)
    if (machines_[i].role() == raft::RoleName::leader &&
        (leader == names_.size() || machines_[leader].term() < machines_[i].term()))
      leader = i;
  if (leader == names_.size()) return;
  ++commands_;
  step(leader,
       Requested<raft::Request>{RequestId(commands_), raft::Propose{std::to_string(commands_)}});
  step(leader, Requested<raft::Request>{RequestId(1'000'000 + commands_), raft::Read{}});
}

void NamedCluster::step(std::size_t process, const Event<A>& event) {
  if (const auto* timer = std::get_if<TimerFired<raft::Timer>>(&event))
    if (alarms_[{process, timer->timer}] != timer->epoch) return;
  Effects<A> out;
  machines_[process].step(now_, event, out);
  for (const auto& effect : out) perform(process, effect);
  tell(process);
}

void NamedCluster::perform(std::size_t process, const Effect<A>& effect) {
  const auto plan = [&](Instant at, std::size_t from, Event<A> event) {
    agenda_.emplace(Place{at, process, from, ++counts_[{from, process}]}, std::move(event));
  };
  std::visit(
      Overloaded{[&](const Send<raft::Message>& e) { send(process, process_of(e.to), e.message); },
                 [&](const SetTimer<raft::Timer>& e) {
                   alarms_[{process, e.timer}] = e.epoch;
                   plan(std::max(now_, e.at), timers, TimerFired<raft::Timer>{e.timer, e.epoch});
                 },
                 [&](const CancelTimer<raft::Timer>& e) {
                   alarms_.erase({process, e.timer});
                 },
                 [&](const Persist<raft::Record>& e) {
                   RecordSeq& written = written_[process];
                   written = RecordSeq(written.value() + e.records.size());
                   const auto longest = static_cast<std::uint64_t>(weather_.longest_sync.ns());
                   const auto takes =
                       chance(Purpose::sync, process, process, written.value(), longest + 1);
                   Instant& free = disk_free_[process];
                   free = std::max(free, now_) + nanoseconds(static_cast<std::int64_t>(takes));
                   plan(free, disk, Persisted{written});
                 },
                 [](const Answer<raft::Reply>&) {},
                 [&](const Notify<raft::Notice>& e) {
                   life_.push_back(std::to_string(process) + " " +
                                   std::string(alternative_name(e.notice)));
                 }},
      effect);
}

void NamedCluster::send(std::size_t from, std::size_t to, const raft::Message& message) {
  const std::uint64_t count = ++counts_[{from, to}];
  if (chance(Purpose::loss, from, to, count, 100) < weather_.lost_in_100) return;
  const auto longest = static_cast<std::uint64_t>(weather_.longest_delay.ns());
  const auto takes = chance(Purpose::delay, from, to, count, longest);
  const Instant at = now_ + nanoseconds(1 + static_cast<std::int64_t>(takes));
  agenda_.emplace(Place{at, to, from, count}, Received<raft::Message>{names_[from], message});
}

void NamedCluster::tell(std::size_t process) {
  const raft::Raft& machine = machines_[process];
  life_.push_back(to_text(now_) + " " + std::to_string(process) + " " +
                  std::string(name_of(machine.role())) + " term " +
                  std::to_string(machine.term().value()) + " vote " + called(machine.vote()) +
                  " leader " + called(machine.leader()) + " last " +
                  std::to_string(machine.log().last_index().value()) + " durable " +
                  std::to_string(machine.durable_index().value()) + " commit " +
                  std::to_string(machine.commit().value()));
}

std::size_t NamedCluster::process_of(NodeId name) const {
  return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
}

std::string NamedCluster::called(NodeId name) const {
  return name == nobody ? "none" : std::to_string(process_of(name));
}

std::uint64_t NamedCluster::chance(std::uint64_t purpose, std::size_t from, std::size_t to,
                                   std::uint64_t count, std::uint64_t bound) const {
  return mix_seed(weather_.seed, purpose, from, to, count) % bound;
}

std::uint64_t NamedCluster::commits() const {
  std::uint64_t most = 0;
  for (const raft::Raft& machine : machines_) most = std::max(most, machine.commit().value());
  return most;
}

}  // namespace lockstep::properties
