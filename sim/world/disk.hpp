// Disk of one node: records go down in order, one sync at a time; what waits goes down together
// with the next one. A crash loses what is not down. A disk that lies says "durable" at once and
// keeps the rest of the behaviour.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"

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
    if (syncing_) return false;
    return syncing_ = true;
  }
  [[nodiscard]] RecordSeq issued() const { return issued_; }
  [[nodiscard]] bool busy() const { return syncing_; }

  // A sync that began when `upto` was the last record issued has ended. True when another must
  // begin.
  bool synced(RecordSeq upto) {
    const auto count = static_cast<std::ptrdiff_t>(upto.value() - down_.value());
    down_ = upto;
    std::move(waiting_.begin(), waiting_.begin() + count, std::back_inserter(durable_));
    waiting_.erase(waiting_.begin(), waiting_.begin() + count);
    return syncing_ = !waiting_.empty();
  }

  // Starts over for the next incarnation. True when records were lost.
  bool crash() {
    const bool lost = !waiting_.empty();
    waiting_.clear();
    issued_ = down_ = RecordSeq();
    syncing_ = false;
    return lost;
  }
  void preload(std::vector<Record> records) { durable_ = std::move(records); }
  [[nodiscard]] const std::vector<Record>& durable() const { return durable_; }

  std::optional<Duration> slow;  // a fault's latency in place of the scenario's

 private:
  std::vector<Record> durable_;
  std::vector<Record> waiting_;
  RecordSeq issued_, down_;
  bool syncing_ = false;
};

}  // namespace lockstep::sim
