#include "net/driver/vigil.hpp"

#include <pthread.h>
#include <sched.h>

#include "net/driver/alarm.hpp"

namespace lockstep::net {
namespace {

bool take_lowest_class() {
  const sched_param lowest{};
  return sched_setscheduler(0, SCHED_IDLE, &lowest) == 0;  // of this thread
}

void move_to(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof set, &set);
}

}  // namespace

Vigil::Vigil(Duration stretch) : stretch_(stretch) {
  if (stretch_ == Duration()) return;
  thread_ = std::thread([this] { watch(); });
  state_.wait(State::starting);
}

Vigil::~Vigil() {
  if (!thread_.joinable()) return;
  // On a machine whose processors are taken the lowest class may wait for seconds, even to end.
  // Where the kernel does not let it back into the common one (RLIMIT_NICE) that is how long it
  // takes.
  const sched_param common{};
  (void)pthread_setschedparam(thread_.native_handle(), SCHED_OTHER, &common);
  ended_ = true;
  awake_ = true;
  awake_.notify_one();
  thread_.join();
}

void Vigil::touch() {
  if (state_ != State::watching) return;
  processor_ = sched_getcpu();
  until_ = (now() + stretch_).ns();
  if (!awake_.exchange(true)) awake_.notify_one();
}

void Vigil::watch() {
  state_ = take_lowest_class() ? State::watching : State::refused;
  state_.notify_one();
  if (state_ == State::refused) return;
  int at = -1;
  while (!ended_) {
    awake_.wait(false);
    while (!ended_ && now().ns() < until_) {
      if (processor_ != at) move_to(at = processor_);
      sched_yield();  // a kernel that preempts lazily does so at the end of a system call
    }
    awake_ = false;
    // A touch just before that woke nobody.
    if (now().ns() < until_) awake_ = true;
  }
}

}  // namespace lockstep::net
