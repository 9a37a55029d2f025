// Pool: things waiting on the agenda, by slot. Addresses are stable while a slot is held; freed
// slots are used again, the newest first, so a long run touches little memory.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "sim/fabric/agenda.hpp"

namespace lockstep::sim {

template <class T>
class Pool {
 public:
  [[nodiscard]] Slot take() {
    if (!free_.empty()) {
      const Slot slot = free_.back();
      free_.pop_back();
      return slot;
    }
    if (used_ == chunks_.size() * chunk) chunks_.push_back(std::make_unique<T[]>(chunk));
    return static_cast<Slot>(used_++);
  }
  [[nodiscard]] T& operator[](Slot slot) { return chunks_[slot / chunk][slot % chunk]; }
  void release(Slot slot) { free_.push_back(slot); }

 private:
  static constexpr std::size_t chunk = 1024;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<Slot> free_;
  std::size_t used_ = 0;
};

}  // namespace lockstep::sim
