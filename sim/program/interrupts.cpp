#include "sim/program/interrupts.hpp"

namespace lockstep::sim {
namespace {

volatile sig_atomic_t interrupt_came = 0;
extern "C" void note_interrupt(int) { interrupt_came = 1; }

}  // namespace

NotesInterrupts::NotesInterrupts() {
  interrupt_came = 0;
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  sigaction(SIGINT, &action, &before_[0]);
  sigaction(SIGTERM, &action, &before_[1]);
}

NotesInterrupts::~NotesInterrupts() {
  sigaction(SIGINT, &before_[0], nullptr);
  sigaction(SIGTERM, &before_[1], nullptr);
}

bool NotesInterrupts::came() { return interrupt_came != 0; }

HoldsInterrupts::HoldsInterrupts() {
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  sigprocmask(SIG_BLOCK, &both, &before_);
}

HoldsInterrupts::~HoldsInterrupts() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace lockstep::sim
