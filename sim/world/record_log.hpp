// Records that are down, as bytes on a platter. They are encoded when somebody looks: at a start,
// which reads the bytes and nothing else, or a fault that changes them.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/wire/codec.hpp"
#include "sim/world/platter.hpp"

namespace lockstep::sim {

template <class Record>
class RecordLog {
 public:
  using Iterator = typename std::vector<Record>::iterator;

  RecordLog() = default;
  // Of what is there already.
  explicit RecordLog(Platter platter) : platter_(std::move(platter)) {}

  // The batch from `first` on is down.
  void append(Iterator first, std::size_t count) {
    if (count == 0) return;
    std::move(first, after(first, count), std::back_inserter(fresh_));
    batches_.push_back(count);
  }
  // A part of it is.
  void append_torn(Iterator first, std::size_t count, Random& random) {
    gather_behind_all(first, count);
    platter_.land_torn(random);
  }
  // It is down, elsewhere if there is an elsewhere; says whether there was.
  bool append_elsewhere(Iterator first, std::size_t count, Random& random) {
    gather_behind_all(first, count);
    if (platter_.land_elsewhere(random)) return true;
    platter_.land();
    return false;
  }
  bool flip(Random& random) {
    engrave();
    return platter_.flip(random);
  }

  struct Recovered {
    std::vector<Record> records;
    std::string flaw;        // why they must not be used; empty where there is none
    bool torn_tail = false;  // a write that a crash had torn was cut
  };
  [[nodiscard]] Recovered recover() {
    engrave();
    Recovered found;
    read_.resize(platter_.sound());
    const wire::LogEnd end = platter_.recover([&](std::size_t at, const wire::LogRecord& record) {
      if (!wire::decode_into(record.bytes, read_.emplace_back()) && found.flaw.empty())
        found.flaw = "no record of this version at offset " + std::to_string(at);
    });
    if (end.damaged)
      found.flaw = "damaged at offset " + std::to_string(end.offset) + ": " + end.reason;
    if (!found.flaw.empty()) platter_.doubt();
    found.torn_tail = !end.damaged && !end.reason.empty();
    found.records = read_;
    return found;
  }
  [[nodiscard]] const Platter& platter() {
    engrave();
    return platter_;
  }

 private:
  static Iterator after(Iterator first, std::size_t count) {
    return first + static_cast<std::ptrdiff_t>(count);
  }
  void gather(Iterator first, std::size_t count) {
    for (Iterator it = first; it != after(first, count); ++it) {
      encoded_.clear();
      wire::encode(*it, encoded_);
      platter_.gather(encoded_);
    }
  }
  void gather_behind_all(Iterator first, std::size_t count) {
    engrave();
    gather(first, count);
  }
  void engrave() {
    Iterator next = fresh_.begin();
    for (const std::size_t count : batches_) {
      gather(next, count);
      platter_.land();
      next = after(next, count);
    }
    fresh_.clear();
    batches_.clear();
  }

  Platter platter_;
  std::vector<Record> read_;   // at the last start; of these, the sound ones are not read again
  std::vector<Record> fresh_;  // not yet encoded
  std::vector<std::size_t> batches_;  // how many of these each sync wrote
  std::string encoded_;
};

}  // namespace lockstep::sim
