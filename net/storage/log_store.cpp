#include "net/storage/log_store.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>

#include "core/base/check.hpp"
#include "core/wire/frame.hpp"
#include "net/storage/folder.hpp"
#include "net/storage/segment.hpp"

namespace lockstep::net {

using storage::Header;
using storage::OpenSegment;

namespace {

constexpr std::size_t kept_sync_times = 4096;
constexpr std::size_t kept_memory = 1024 * 1024;
// A first segment with so much in it is that of a node that works, not of one that idles.
constexpr std::uint64_t in_use = 512 * 1024;

std::string advice(const FileError& error) {
  return std::string(error.what()) +
         (storage::is_full(error) ? ": make space and start the node again"
                                  : ": the disk is not to be trusted; look at the kernel's log, "
                                    "then start the node again or replace it");
}

}  // namespace

class LogStore::Impl {
 public:
  Impl(Files& files, StorageOptions options, Log& log)
      : files_(files), options_(std::move(options)) {
    auto opened = [&] {
      try {
        return storage::open_folder(files_, options_, log);
      } catch (const FileError& error) {
        throw StorageFailed(advice(error));
      }
    }();
    lock_ = std::move(opened.lock);
    log_ = std::move(opened.log);
    current_ = std::move(opened.current);
    recovered_ = std::move(opened.records);
    before_ = opened.next_number - 1;
    next_ = opened.next_number;
    chain_ = opened.chain;
    shared_.spare = std::move(opened.spare);
    shared_.total = opened.total;
    publish();
  }

  std::vector<std::string> take_recovered() { return std::exchange(recovered_, {}); }

  std::uint64_t append(std::string_view record) {
    check(record.size() <= wire::largest_payload - wire::log_record_head, "a record fits a frame");
    if (waiting_.empty()) batch_ = next_;
    const auto place = static_cast<std::uint32_t>(next_ - batch_);
    chain_ = wire::append_log_record({log_.salt, next_, place, chain_, record}, scratch_, waiting_);
    if (scratch_.capacity() > kept_memory) scratch_ = {};
    return next_++ - before_;
  }
  bool has_waiting() const { return !waiting_.empty(); }

  Batch take() {
    check(has_waiting(), "something waits");
    Batch batch{std::exchange(waiting_, {}), next_ - 1 - before_};
    waiting_.reserve(std::min(batch.bytes.size(), kept_memory));
    const std::lock_guard guard(mutex_);
    check(shared_.out == 0, "one batch is out at a time");
    shared_.out = batch.bytes.size();
    return batch;
  }

  void write(const Batch& batch) {
    const auto start = std::chrono::steady_clock::now();
    final_unless_done([&] {
      for (std::string_view rest = batch.bytes; !rest.empty();) {
        const std::size_t part = storage::fitting(rest, current_.left());
        if (part > 0)
          put(rest.substr(0, part));
        else
          rest.remove_prefix(roll(rest));
        rest.remove_prefix(part);
      }
    });
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    const std::lock_guard guard(mutex_);
    shared_.out = 0;
    if (shared_.times.size() == kept_sync_times) {
      shared_.times.erase(shared_.times.begin(), shared_.times.begin() + kept_sync_times / 2);
    }
    shared_.times.push_back(nanoseconds(took.count()));
  }

  bool has_room() const {
    const std::lock_guard guard(mutex_);
    return room_under_lock();
  }
  bool is_full() const {
    const std::lock_guard guard(mutex_);
    return shared_.full && !room_under_lock();
  }

  void prepare() {
    const std::lock_guard making(making_);
    std::uint64_t number = 0;
    {
      const std::lock_guard guard(mutex_);
      if (shared_.spare || !wants_spare_under_lock()) return;
      number = shared_.number + 1;
    }
    final_unless_done([&] {
      try {
        adopt(storage::make_segment(files_, options_.folder, number, options_.segment_bytes, ""));
      } catch (const FileError& error) {
        if (!storage::is_full(error)) throw;
        const std::lock_guard guard(mutex_);
        shared_.full = true;
      }
    });
  }

  std::vector<Duration> take_sync_times() {
    const std::lock_guard guard(mutex_);
    return std::exchange(shared_.times, {});
  }
  std::uint64_t bytes_on_disk() const {
    const std::lock_guard guard(mutex_);
    return shared_.total;
  }

 private:
  // What write(), prepare() and the questions share; never held while the disk works.
  struct Shared {
    OpenSegment spare;                             // the next one, made ahead
    std::uint64_t number = 0, size = 0, used = 0;  // of the current one
    std::uint64_t out = 0;                         // bytes of the batch that is being written
    std::uint64_t total = 0;
    bool full = false;  // the latest attempt to make a segment found no space
    std::vector<Duration> times;
  };

  bool room_under_lock() const {
    if (shared_.spare) return true;
    const std::uint64_t coming = shared_.out + waiting_.size();
    return shared_.size - shared_.used > coming + options_.reserve_bytes;
  }

  // Half is used. The small first segment would be full before a spare is made: there, once a node
  // does anything.
  bool wants_spare_under_lock() const {
    const std::uint64_t left = shared_.size - shared_.used;
    const bool is_small = shared_.size < options_.segment_bytes;
    return shared_.used >= left || left <= 2 * options_.reserve_bytes ||
           (is_small && shared_.used >= in_use);
  }

  template <class Work>
  void final_unless_done(Work work) {
    if (failed_) throw StorageFailed(options_.folder + ": the disk failed before");
    try {
      work();
    } catch (const FileError& error) {
      failed_ = true;
      throw StorageFailed(advice(error));
    }
  }

  void put(std::string_view frames) {
    current_.append(frames);
    publish();
  }

  void publish() {
    const std::lock_guard guard(mutex_);
    shared_.number = current_.number();
    shared_.size = current_.size();
    shared_.used = current_.used();
  }

  // Goes on in the next segment, with as many frames as it takes; says how many bytes those were.
  std::size_t roll(std::string_view frames) {
    const std::uint64_t least = storage::header_size(log_.cluster) + storage::first_size(frames);
    current_ = next_segment(current_.number() + 1, least);
    const auto first = std::get<wire::LogFrame>(wire::read_log_record(frames)).record;
    Header header = log_;
    header.segment = current_.number();
    header.size = current_.size();
    header.first = first.number;
    header.chain = first.chain;
    std::string beginning;
    storage::append_header(header, beginning);
    const std::size_t part = storage::fitting(frames, current_.size() - beginning.size());
    // In one write, since a crash may keep one of two.
    put(beginning + std::string(frames.substr(0, part)));
    return part;
  }

  // The spare, if it is there and large enough; waits for one that is being made.
  OpenSegment next_segment(std::uint64_t number, std::uint64_t least) {
    const std::lock_guard making(making_);
    bool fits = false;
    {
      const std::lock_guard guard(mutex_);
      fits = shared_.spare && shared_.spare.size() >= least;
      if (shared_.spare && !fits) shared_.total -= shared_.spare.size();
    }
    if (!fits) {
      adopt(storage::make_segment(files_, options_.folder, number,
                                  std::max(options_.segment_bytes, least), ""));
    }
    // At once, so that prepare() never makes the segment again that is in use.
    const std::lock_guard guard(mutex_);
    shared_.number = number;
    shared_.size = shared_.spare.size();
    shared_.used = 0;
    return std::exchange(shared_.spare, {});
  }

  void adopt(OpenSegment made) {
    const std::lock_guard guard(mutex_);
    shared_.total += made.size();
    shared_.full = false;
    shared_.spare = std::move(made);
  }

  Files& files_;
  const StorageOptions options_;
  std::unique_ptr<File> lock_;
  Header log_;
  std::atomic<bool> failed_ = false;

  // Of the owner's thread.
  std::vector<std::string> recovered_;
  std::uint64_t before_ = 0;  // number of the last record of earlier openings
  std::uint64_t next_ = 1;
  std::uint64_t batch_ = 1;  // number of the first record that waits
  std::uint32_t chain_ = 0;
  std::string waiting_, scratch_;

  OpenSegment current_;  // of the thread that writes

  std::mutex making_;  // held while a segment is made; before mutex_
  mutable std::mutex mutex_;
  Shared shared_;
};

LogStore::LogStore(Files& files, StorageOptions options, Log& log)
    : impl_(std::make_unique<Impl>(files, std::move(options), log)) {}
LogStore::~LogStore() = default;

std::vector<std::string> LogStore::take_recovered() { return impl_->take_recovered(); }
std::uint64_t LogStore::append(std::string_view record) { return impl_->append(record); }
bool LogStore::has_waiting() const { return impl_->has_waiting(); }
LogStore::Batch LogStore::take() { return impl_->take(); }
void LogStore::write(const Batch& batch) { impl_->write(batch); }
bool LogStore::has_room() const { return impl_->has_room(); }
bool LogStore::is_full() const { return impl_->is_full(); }
void LogStore::prepare() { impl_->prepare(); }
std::vector<Duration> LogStore::take_sync_times() { return impl_->take_sync_times(); }
std::uint64_t LogStore::bytes_on_disk() const { return impl_->bytes_on_disk(); }

}  // namespace lockstep::net
