// Disk of one node: records go down in order, one sync at a time; what waits goes down together
// with the next one. A crash loses what is not down. A disk that lies says "durable" at once and
// keeps the rest of the behaviour.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "sim/world/record_log.hpp"

namespace lockstep::sim {

template <class Record>
class NodeDisk {
 public:
  // Takes the records. True when a sync must begin.
  bool write(std::vector<Record>&& records) {
    issued_ = RecordSeq(issued_.value() + records.size());
    if (waiting_.empty()) {
      waiting_ = std::move(records);
    } else {
      waiting_.insert(waiting_.end(), std::make_move_iterator(records.begin()),
                      std::make_move_iterator(records.end()));
    }
    if (in_sync_ > 0) return false;
    in_sync_ = waiting_.size();
    return true;
  }
  [[nodiscard]] RecordSeq issued() const { return issued_; }
  [[nodiscard]] bool busy() const { return in_sync_ > 0; }

  // A sync that began when `upto` was the last record issued has ended. True when another must
  // begin.
  bool synced(RecordSeq upto) {
    const std::size_t count = end_sync(upto);
    log_.append(waiting_.begin(), count);
    return next_sync(count);
  }
  // The same, but what it wrote landed elsewhere; `hit` says whether there was an elsewhere.
  bool misdirected(RecordSeq upto, Random& random, bool& hit) {
    const std::size_t count = end_sync(upto);
    hit = log_.append_elsewhere(waiting_.begin(), count, random);
    return next_sync(count);
  }

  // Starts over for the next incarnation. True when records were lost.
  bool crash() {
    const bool lost = !waiting_.empty();
    waiting_.clear();
    issued_ = down_ = RecordSeq();
    in_sync_ = 0;
    return lost;
  }
  // The same, but of the sync under way a part is there.
  bool crash_torn(Random& random) {
    log_.append_torn(waiting_.begin(), in_sync_, random);
    return crash();
  }

  // Flips a bit in what is down. False when there is nothing whose damage would be noticed.
  bool flip(Random& random) { return log_.flip(random); }

  // REQUIRES, as for all below: crashed, or nothing written yet.
  void wipe() { log_ = {}; }
  void preload(std::vector<Record> records) {
    wipe();
    log_.append(records.begin(), records.size());
  }
  // What a start finds.
  [[nodiscard]] typename RecordLog<Record>::Recovered recover() { return log_.recover(); }
  [[nodiscard]] const std::string& bytes() { return log_.platter().bytes(); }

  std::optional<Duration> slow;  // a fault's latency in place of the scenario's

 private:
  std::size_t end_sync(RecordSeq upto) {
    const std::size_t count = upto.value() - down_.value();
    down_ = upto;
    return count;
  }
  bool next_sync(std::size_t count) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    in_sync_ = waiting_.size();
    return in_sync_ > 0;
  }

  RecordLog<Record> log_;  // what is down
  std::vector<Record> waiting_;
  std::size_t in_sync_ = 0;  // of those that wait, how many the running sync takes
  RecordSeq issued_, down_;
};

}  // namespace lockstep::sim
