// Vigil: keeps a processor awake while operations are under way.
//
// A processor that has nothing to do halts, and waking it costs more than the rest of a hop (in a
// virtual machine 75 us, docs/architecture.md, "The node"); an operation has four hops and a sync
// in a row. For `stretch` after each touch() a thread of the lowest scheduling class (SCHED_IDLE)
// turns on the spot, on the processor of the thread that touched, where the kernel will want to
// wake that one. It gives way to anything else that wants the processor, and sleeps while nobody
// touches. Where the kernel refuses that class there is no vigil: a thread of the common class
// would take time from those it is to help.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "core/base/time.hpp"

namespace lockstep::net {

class Vigil {
 public:
  explicit Vigil(Duration stretch);  // 0: never
  ~Vigil();
  Vigil(const Vigil&) = delete;
  Vigil& operator=(const Vigil&) = delete;

  void touch();  // from one thread at a time
  [[nodiscard]] bool awake() const { return awake_; }
  [[nodiscard]] bool refused() const { return state_ == State::refused; }

 private:
  enum class State { starting, watching, refused };

  void watch();

  const Duration stretch_;
  std::atomic<State> state_{State::starting};
  std::atomic<std::int64_t> until_{0};
  std::atomic<int> processor_{0};
  std::atomic<bool> awake_{false};  // the thread turns; it is woken only when it does not
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace lockstep::net
