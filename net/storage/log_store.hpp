// LogStore: the write-ahead log of one node, a folder of segments (docs/storage.md).
//
// Promises that what sync() returned for is there after any crash, in order, and that nothing else
// is believed: a torn tail is cut with a warning, damage before it refuses to open and names file
// and offset. An error of the disk is final: the store throws StorageFailed and must not be used
// again.
//
// append(), take() and the questions belong to the thread that owns the node; write() may run on
// any one thread meanwhile, with a batch that was taken.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "net/log/log.hpp"
#include "net/storage/files.hpp"

namespace lockstep::net {

// The disk failed or the folder cannot be used. what() is a sentence that names the file and what
// to do.
struct StorageFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// Three that only the constructor throws. Another process has the folder; what it holds cannot be
// trusted, and where; it belongs to another cluster, node or version.
struct LogLocked : StorageFailed {
  using StorageFailed::StorageFailed;
};
struct LogDamaged : StorageFailed {
  using StorageFailed::StorageFailed;
};
struct LogForeign : StorageFailed {
  using StorageFailed::StorageFailed;
};

struct StorageOptions {
  std::string folder;   // made if it is not there; locked while open
  std::string cluster;  // a folder of another cluster or node is refused
  NodeId node;
  std::uint64_t segment_bytes = 64 * 1024 * 1024;
  std::uint64_t reserve_bytes =
      1024 * 1024;  // of the newest segment, for votes when the disk is full
};

class LogStore {
 public:
  // A run of records that go down with one sync.
  struct Batch {
    std::string bytes;       // frames
    std::uint64_t last = 0;  // number of its last record
  };

  // Opens or creates. Throws StorageFailed.
  LogStore(Files& files, StorageOptions options, Log& log);
  ~LogStore();
  LogStore(const LogStore&) = delete;
  LogStore& operator=(const LogStore&) = delete;

  // What was durable when it was opened, oldest first; moved out.
  [[nodiscard]] std::vector<std::string> take_recovered();

  // Numbers run on from call to call, the first of this opening is 1.
  std::uint64_t append(std::string_view record);
  [[nodiscard]] bool has_waiting() const;
  // Everything that waits. REQUIRES: has_waiting(), and no batch is out.
  [[nodiscard]] Batch take();
  // Writes and syncs. Throws StorageFailed.
  void write(const Batch& batch);

  // False while only the reserve is left and there is no further segment: then nothing should be
  // appended but votes.
  [[nodiscard]] bool has_room() const;
  // No room, and the disk has none for a further segment. Without room and not full, the next
  // segment is still being made: what is asked then may be tried again in a moment.
  [[nodiscard]] bool is_full() const;
  // Makes the next segment ahead of need, if it is time. Blocks; may run on any thread, also while
  // write() runs on another one. A full disk is no failure: is_full() tells.
  void prepare();

  // How long the writes and syncs took, newest last, since the last call; nanoseconds.
  [[nodiscard]] std::vector<Duration> take_sync_times();
  [[nodiscard]] std::uint64_t bytes_on_disk() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lockstep::net
