#include "node/audit/writer.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace lockstep::node {
namespace {

constexpr std::size_t most_at_once = 1000;  // events of one transaction

std::chrono::nanoseconds as_chrono(Duration time) { return std::chrono::nanoseconds(time.ns()); }

// Signals are for the thread that waits for them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

struct AuditWriter::Work {
  Work(AuditDatabase opened, const Options& chosen, Tell teller)
      : database(std::move(opened)), options(chosen), tell(std::move(teller)) {
    end = audit::Trail(database->trail().snapshot());
    written = end.last();
  }

  void run();
  bool write(const std::vector<audit::Event>& batch);
  void say(std::string_view sentence);
  void push(const audit::Event& event) {
    end.take(event);
    queue.push_back(event);
  }

  std::optional<AuditDatabase> database;  // the thread's, which closes it
  const Options options;

  std::mutex telling;  // held while `tell` runs; before `mutex`, never inside it
  Tell tell;           // empty once nobody listens

  std::mutex mutex;  // of what follows
  std::condition_variable some;
  std::condition_variable ended;
  std::deque<audit::Event> queue;
  audit::Trail end;  // after file and queue
  audit::Sequence written;
  std::uint64_t dropped = 0;
  bool behind = false;
  std::string problem;
  bool stopping = false;
  bool done = false;
};

void AuditWriter::Work::say(std::string_view sentence) {
  const std::lock_guard quiet(telling);
  if (tell) tell(sentence);
}

void AuditWriter::Work::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    some.wait(lock, [&] { return stopping || !queue.empty(); });
    if (queue.empty()) break;
    const auto size = static_cast<std::ptrdiff_t>(std::min(queue.size(), most_at_once));
    const std::vector<audit::Event> batch(queue.begin(), queue.begin() + size);
    const bool last_attempt = stopping;
    lock.unlock();
    const bool good = write(batch);
    lock.lock();
    if (good) {
      queue.erase(queue.begin(), queue.begin() + size);
      written = batch.back().sequence;
    } else if (last_attempt) {
      break;
    } else {
      some.wait_for(lock, as_chrono(options.retry), [&] { return stopping; });
    }
  }
  lock.unlock();
  database.reset();
  lock.lock();
  done = true;
  ended.notify_all();
}

bool AuditWriter::Work::write(const std::vector<audit::Event>& batch) {
  std::string reason;
  try {
    database->append(batch);
  } catch (const std::exception& error) {
    reason = error.what();
  }
  std::unique_lock lock(mutex);
  const bool other = problem != reason;
  problem = reason;
  lock.unlock();
  if (other)
    say(reason.empty() ? "the audit database is written again"
                       : "the audit database cannot be written: " + reason);
  return reason.empty();
}

AuditWriter::AuditWriter(AuditDatabase database, Options options, Tell tell)
    : work_(std::make_shared<Work>(std::move(database), options, std::move(tell))) {
  const SignalsBlocked none;
  std::thread([work = work_] { work->run(); }).detach();
}

AuditWriter::~AuditWriter() {
  {
    std::unique_lock lock(work_->mutex);
    work_->stopping = true;
    work_->some.notify_one();
    (void)work_->ended.wait_for(lock, as_chrono(patience), [&] { return work_->done; });
  }
  const std::lock_guard quiet(work_->telling);
  work_->tell = nullptr;
}

void AuditWriter::record(const audit::Event& event) {
  {
    const std::lock_guard lock(work_->mutex);
    if (event.sequence <= work_->end.last()) return;
    const bool room = work_->queue.size() < work_->options.most_events;
    if (room && work_->end.followed_by(event)) {
      work_->push(event);
      work_->some.notify_one();
      return;
    }
    ++work_->dropped;
    if (std::exchange(work_->behind, true)) return;
  }
  work_->say("the audit database is behind from event " + std::to_string(event.sequence.value()) +
             " on, until it catches up from the node's records");
}

std::string AuditWriter::catch_up(const std::vector<audit::Event>& events) {
  const std::lock_guard lock(work_->mutex);
  const audit::Trail& end = work_->end;
  const auto later = [](audit::Sequence sequence, const audit::Event& event) {
    return sequence < event.sequence;
  };
  auto from = std::upper_bound(events.begin(), events.end(), end.last(), later);
  const std::string last = std::to_string(end.last().value());
  if (end.last() != audit::Sequence()) {
    if (from == events.begin() || std::prev(from)->sequence != end.last())
      return "the file ends with event " + last + ", which the node's records do not have";
    if (hash_of(*std::prev(from)) != end.head())
      return "event " + last + " of the file is not that of the node's records";
  }
  audit::Trail trial = end;
  for (auto event = from; event != events.end(); ++event) {
    if (!trial.followed_by(*event))
      return "event " + std::to_string(event->sequence.value()) +
             " of the node's records does not follow event " + std::to_string(trial.last().value());
    trial.take(*event);
  }
  for (; from != events.end(); ++from) work_->push(*from);
  work_->behind = false;
  work_->some.notify_one();
  return {};
}

audit::Sequence AuditWriter::next() const {
  const std::lock_guard lock(work_->mutex);
  return work_->end.last().next();
}

AuditWriter::Status AuditWriter::status() const {
  const std::lock_guard lock(work_->mutex);
  return {work_->written, work_->queue.size(), work_->dropped, work_->behind, work_->problem};
}

}  // namespace lockstep::node
