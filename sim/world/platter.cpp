#include "sim/world/platter.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::sim {

void Platter::gather(std::string_view record) {
  last_in_batch_ = batch_.size();
  chain_ = wire::append_log_record({salt, next_++, place_++, chain_, record}, scratch_, batch_);
}

void Platter::put(std::size_t at, std::string_view piece) {
  if (bytes_.size() < at + piece.size()) bytes_.resize(at + piece.size());
  std::copy(piece.begin(), piece.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
}

void Platter::landed() {
  last_ = end_ + last_in_batch_;
  end_ += batch_.size();
  batch_.clear();
  place_ = 0;
}

void Platter::land() {
  put(end_, batch_);
  landed();
  astray_ = {};
}

void Platter::land_torn(Random& random) {
  const std::string_view batch = batch_;
  if (random.below(2) == 0) {
    put(end_, batch.substr(0, random.below(batch.size() + 1)));
  } else {
    for (std::size_t from = end_; from < end_ + batch.size();) {
      const std::size_t sector = (from / wire::sector_bytes + 1) * wire::sector_bytes;
      const std::size_t until = std::min(sector, end_ + batch.size());
      if (random.below(2) == 0) put(from, batch.substr(from - end_, until - from));
      from = until;
    }
  }
  const std::size_t last = last_;
  landed();
  last_ = last;  // what is torn shows of nothing before it that it was whole
}

bool Platter::land_elsewhere(Random& random) {
  if (end_ == 0) return false;
  doubt();
  const std::size_t at = random.below(end_);
  put(at, batch_);
  astray_ = {at, at + batch_.size()};
  bytes_.resize(std::max(bytes_.size(), end_ + batch_.size()));
  landed();
  return true;
}

bool Platter::flip(Random& random) {
  if (last_ == 0) return false;
  const std::size_t at = random.below(last_);
  if (at >= astray_.from && at < astray_.to) return false;
  doubt();
  char& byte = bytes_[at];
  byte = static_cast<char>(byte ^ static_cast<char>(1 << random.below(8)));
  return true;
}

wire::LogEnd Platter::recover(const wire::LogSink& sink) {
  check(batch_.empty(), "a disk is read when nothing is being written");
  Sound found = sound_;
  const wire::LogStart start{found.end, salt, found.next, found.chain};
  const wire::LogEnd end =
      wire::scan_log(bytes_, start, [&](std::size_t at, const wire::LogRecord& record) {
        found.last = at;
        sink(at, record);
      });
  if (end.damaged) return end;
  bytes_.resize(end.offset);
  sound_ = {end.offset, found.last, end.number, end.chain};
  end_ = sound_.end;
  last_ = sound_.last;
  next_ = sound_.next;
  chain_ = sound_.chain;
  return end;
}

}  // namespace lockstep::sim
