// SIGINT and SIGTERM noted or put off, so that a command can end in order.
#pragma once

#include <signal.h>

namespace lockstep::sim {

// While it lives, SIGINT and SIGTERM are noted; afterwards they mean what they meant before.
class NotesInterrupts {
 public:
  NotesInterrupts();
  ~NotesInterrupts();
  NotesInterrupts(const NotesInterrupts&) = delete;
  NotesInterrupts& operator=(const NotesInterrupts&) = delete;
  [[nodiscard]] static bool came();

 private:
  struct sigaction before_[2]{};
};

// While it lives, SIGINT and SIGTERM wait.
class HoldsInterrupts {
 public:
  HoldsInterrupts();
  ~HoldsInterrupts();
  HoldsInterrupts(const HoldsInterrupts&) = delete;
  HoldsInterrupts& operator=(const HoldsInterrupts&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace lockstep::sim
