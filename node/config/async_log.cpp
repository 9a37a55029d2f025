#include "node/config/async_log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "node/config/log_line.hpp"

namespace lockstep::node {
namespace {

std::int64_t milliseconds_since_1970() {
  using namespace std::chrono;
  return duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count();
}

bool wants_colour(int file) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return isatty(file) == 1 && (no_color == nullptr || *no_color == '\0') && term != nullptr &&
         std::string_view(term) != "dumb";
}

std::size_t size_of(std::string_view message, const std::vector<net::Field>& fields) {
  std::size_t size = sizeof(LogRecord) + message.size();
  for (const net::Field& field : fields) {
    const auto* text = std::get_if<std::string>(&field.value);
    size += sizeof field + field.key.size() + (text != nullptr ? text->size() : 0);
  }
  return size;
}

// Signals belong to other threads, and a closed pipe shall be an error and no SIGPIPE.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

struct AsyncLog::State {
  explicit State(const Options& chosen) : options(chosen) {}
  ~State() {
    if (file >= 0) ::close(file);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void run();
  void write_batch(const std::vector<LogRecord>& batch);
  bool write_all(std::string_view text);
  [[nodiscard]] std::string line_of(const LogRecord& record) const {
    return (options.json ? to_json(record) : to_text(record, coloured)) + '\n';
  }

  const Options options;
  int file = -1;
  bool coloured = false;
  std::atomic<bool> abandoned{false};  // nobody waits for what is left

  std::mutex mutex;  // of what follows
  std::condition_variable some;
  std::condition_variable ended;
  std::vector<LogRecord> queue;
  std::size_t bytes = 0;
  std::uint64_t lost = 0;
  std::uint64_t lost_and_told = 0;
  bool stopping = false;
  bool done = false;
};

void AsyncLog::State::run() {
  std::unique_lock lock(mutex);
  while (!abandoned) {
    some.wait(lock, [&] { return stopping || !queue.empty(); });
    if (queue.empty()) break;
    std::vector<LogRecord> batch = std::exchange(queue, {});
    bytes = 0;
    lock.unlock();
    write_batch(batch);
    batch.clear();
    lock.lock();
  }
  done = true;
  ended.notify_all();
}

// Lines go out together, but a write is short enough that little is in doubt when it fails.
void AsyncLog::State::write_batch(const std::vector<LogRecord>& batch) {
  constexpr std::size_t enough = 16 * 1024;
  std::string text;
  std::uint64_t lines = 0;
  std::uint64_t failed = 0;
  const auto flush = [&] {
    if (!text.empty() && !write_all(text)) failed += lines;
    text.clear();
    lines = 0;
  };
  for (const LogRecord& record : batch) {
    text += line_of(record);
    ++lines;
    if (text.size() >= enough) flush();
  }
  flush();

  std::unique_lock lock(mutex);
  lost += failed;
  const std::uint64_t untold = lost - lost_and_told;
  lock.unlock();
  if (untold == 0 || abandoned) return;
  const LogRecord& last = batch.back();
  const std::string line = line_of({milliseconds_since_1970(),
                                    net::Level::warning,
                                    last.node,
                                    last.term,
                                    "log records were lost",
                                    {{"count", untold}}});
  if (!write_all(line)) return;
  lock.lock();
  lost_and_told += untold;
}

bool AsyncLog::State::write_all(std::string_view text) {
  while (!text.empty()) {
    if (abandoned) return false;
    const ssize_t size = ::write(file, text.data(), text.size());
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EAGAIN) {  // somebody else made the file non-blocking
      pollfd wait{file, POLLOUT, 0};
      ::poll(&wait, 1, 100);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

AsyncLog::AsyncLog(int file, Options options)
    : options_(options), state_(std::make_shared<State>(options)) {
  state_->file = ::fcntl(file, F_DUPFD_CLOEXEC, 0);
  if (state_->file < 0)
    throw std::system_error(errno, std::generic_category(), "the log's file cannot be used");
  state_->coloured = !options.json && wants_colour(file);
  const NoSignals none;
  std::thread([state = state_] { state->run(); }).detach();
}

AsyncLog::~AsyncLog() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->some.notify_one();
  const bool done = state_->ended.wait_for(lock, std::chrono::nanoseconds(patience.ns()),
                                           [&] { return state_->done; });
  if (!done) state_->abandoned = true;
}

void AsyncLog::write(net::Level level, std::string_view message, std::vector<net::Field> fields) {
  if (level < options_.least) return;
  const std::size_t size = size_of(message, fields);
  LogRecord record{milliseconds_since_1970(),
                   level,
                   options_.node,
                   term_.load(std::memory_order_relaxed),
                   std::string(message),
                   std::move(fields)};
  bool was_empty = false;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->queue.size() >= options_.most_records ||
        state_->bytes + size > options_.most_bytes) {
      ++state_->lost;
      return;
    }
    was_empty = state_->queue.empty();
    state_->bytes += size;
    state_->queue.push_back(std::move(record));
  }
  if (was_empty) state_->some.notify_one();
}

std::uint64_t AsyncLog::lost() const {
  const std::lock_guard lock(state_->mutex);
  return state_->lost;
}

}  // namespace lockstep::node
