// Agenda: what is to happen, ordered by (time, order of adding). A 4-ary heap of small keys; the
// slot says what it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/check.hpp"
#include "core/base/time.hpp"

namespace lockstep::sim {

using Slot = std::uint32_t;

class Agenda {
 public:
  struct Due {
    Instant at;
    std::uint64_t order = 0;
    Slot slot = 0;
  };

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] const Due& next() const { return heap_.front(); }
  // The order that what is added next will have.
  [[nodiscard]] std::uint64_t next_order() const { return order_; }

  void add(Instant at, Slot slot) {
    const Due due{at, order_++, slot};
    std::size_t hole = heap_.size();
    heap_.push_back(due);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / arity;
      if (!before(due, heap_[parent])) break;
      heap_[hole] = heap_[parent];
      hole = parent;
    }
    heap_[hole] = due;
  }

  Due pop() {
    check(!heap_.empty(), "something is on the agenda");
    const Due first = heap_.front();
    const Due last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(last);
    return first;
  }

 private:
  static constexpr std::size_t arity = 4;
  static bool before(const Due& a, const Due& b) {
    return a.at != b.at ? a.at < b.at : a.order < b.order;
  }
  void sink(const Due& due) {
    const std::size_t size = heap_.size();
    std::size_t hole = 0;
    for (;;) {
      const std::size_t first = hole * arity + 1;
      if (first >= size) break;
      const std::size_t end = first + arity < size ? first + arity : size;
      std::size_t least = first;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (before(heap_[child], heap_[least])) least = child;
      }
      if (!before(heap_[least], due)) break;
      heap_[hole] = heap_[least];
      hole = least;
    }
    heap_[hole] = due;
  }

  std::vector<Due> heap_;
  std::uint64_t order_ = 0;
};

}  // namespace lockstep::sim
