#include "sim/program/bench_bare_loop.hpp"

#include <array>
#include <chrono>
#include <variant>

#include "core/base/overloaded.hpp"
#include "core/base/random.hpp"
#include "sim/fabric/agenda.hpp"
#include "sim/world/pool.hpp"

namespace lockstep::sim {
namespace {

struct Message {
  std::array<std::uint64_t, 5> words{};
};
struct Tick {
  std::uint64_t count = 0;
};
struct BareEvent {
  std::uint32_t node = 0;
  std::variant<Tick, Message> what;
};

}  // namespace

double bare_loop_ns_per_event(std::uint64_t events) {
  Agenda agenda;
  Pool<BareEvent> pool;
  Random random(1);
  std::array<std::uint64_t, 5> nodes{};
  const auto plan = [&](Instant at, BareEvent event) {
    const Slot slot = pool.take();
    pool[slot] = event;
    agenda.add(at, slot);
  };
  for (std::uint32_t i = 0; i < 40; ++i) plan(Instant(i), {i % 5, Message{{i}}});
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t done = 0; done < events; ++done) {
    const auto due = agenda.pop();
    BareEvent event = pool[due.slot];
    pool.release(due.slot);
    std::visit(Overloaded{[&](Tick& tick) { nodes[event.node] += tick.count; },
                          [&](Message& message) { nodes[event.node] += message.words[0]++; }},
               event.what);
    event.node = (event.node + 1) % 5;
    plan(due.at + Duration(1'000'000 + static_cast<std::int64_t>(random.next() & 0xFFFF)), event);
  }
  const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
  std::uint64_t sum = 0;
  for (const auto n : nodes) sum += n;
  check(sum > 0, "the bare loop did something");
  return spent.count() / static_cast<double>(events);
}

}  // namespace lockstep::sim
