// AuditWriter: keeps an AuditDatabase up with a node's audit trail, behind the protocol and never
// in its way.
//
// record() puts an event into a bounded queue and returns; a thread of its own writes what has
// gathered in one transaction. A disk that is full or slow, or somebody's lock, is tried again
// every `retry`; what finds the queue full is dropped, counted and told, and with it everything
// after it, so that the file stays the beginning of the trail, without a gap. catch_up() brings the
// rest back from the node's own records, at the next start or before.
//
// An event is recorded once it is durable in those records, so that the file never knows more than
// they do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/trail.hpp"
#include "core/base/time.hpp"
#include "node/audit/database.hpp"

namespace lockstep::node {

class AuditWriter {
 public:
  struct Options {
    std::size_t most_events = 8192;  // in the queue
    Duration retry = seconds(1);     // of a write that failed
  };
  struct Status {
    audit::Sequence written;    // the last event in the file
    std::size_t waiting = 0;    // in the queue
    std::uint64_t dropped = 0;  // since the start
    bool behind = false;        // the file lacks what catch_up() has to bring
    std::string problem;        // of the latest attempt to write; empty: none
  };
  // Is called with a sentence, from several threads, when writing fails, is behind or is well
  // again; not after the destructor has returned.
  using Tell = std::function<void(std::string_view)>;

  AuditWriter(AuditDatabase database, Options options, Tell tell);
  // Waits until everything is written, at most `patience`; what is left then is dropped.
  ~AuditWriter();
  AuditWriter(const AuditWriter&) = delete;
  AuditWriter& operator=(const AuditWriter&) = delete;

  // One that is there already is ignored.
  void record(const audit::Event& event);
  // The events of the node's records, in order: from the first one on, or from any up to the last
  // one before next(). Why they do not continue the file, and then it is left as it is; or empty.
  [[nodiscard]] std::string catch_up(const std::vector<audit::Event>& events);
  // The first event that is neither in the file nor in the queue.
  [[nodiscard]] audit::Sequence next() const;

  [[nodiscard]] Status status() const;

  static constexpr Duration patience = seconds(1);

 private:
  struct Work;
  std::shared_ptr<Work> work_;  // shared with the thread, which may be stuck in the file
};

}  // namespace lockstep::node
