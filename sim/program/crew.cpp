#include "sim/program/crew.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace lockstep::sim {
namespace {

constexpr std::size_t tasks_ahead = 2;  // the next one is there when the last one is answered

struct TaskHeader {
  std::uint64_t number;
  std::uint64_t length;
  std::uint64_t failed;
};

// False when the other end is gone.
bool write_all(int file, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t wrote = send(file, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

bool read_all(int file, char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t got = read(file, data, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    data += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

std::string packed(std::uint64_t number, const std::string& text, bool failed) {
  const TaskHeader header{number, text.size(), failed ? 1u : 0u};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes + text;
}

}  // namespace

Crew::Crew(Work work, unsigned workers, std::chrono::seconds patience, std::uint64_t most_memory)
    : work_(std::move(work)), patience_(patience), most_memory_(most_memory), workers_(workers) {
  std::fflush(nullptr);
  for (Worker& worker : workers_) start(worker);
}

Crew::~Crew() {
  for (Worker& worker : workers_) stop(worker);
}

void Crew::start(Worker& worker) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error(std::string("cannot make a socket: ") + std::strerror(errno));
  const pid_t child = fork();
  if (child < 0)
    throw std::runtime_error(std::string("cannot start a worker: ") + std::strerror(errno));
  if (child == 0) {
    for (const Worker& other : workers_) {
      if (other.file >= 0) close(other.file);
    }
    close(ends[0]);
    serve(ends[1]);
  }
  close(ends[1]);
  worker = Worker{child, ends[0], {}, {}, Clock::now()};
}

void Crew::stop(Worker& worker) {
  if (worker.process == 0) return;
  kill(worker.process, SIGKILL);
  while (waitpid(worker.process, nullptr, 0) < 0 && errno == EINTR) {
  }
  close(worker.file);
  worker = Worker{};
}

void Crew::serve(int file) const {
  signal(SIGINT, SIG_IGN);  // the parent decides; it ends us
  signal(SIGTERM, SIG_DFL);
  const rlimit memory{most_memory_, most_memory_};
  setrlimit(RLIMIT_AS, &memory);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  TaskHeader header{};
  std::string task;
  while (read_all(file, reinterpret_cast<char*>(&header), sizeof header)) {
    task.resize(header.length);
    if (!read_all(file, task.data(), task.size())) break;
    std::string answer;
    try {
      answer = packed(header.number, work_(task), false);
    } catch (const std::exception& error) {
      answer = packed(header.number, error.what(), true);
    }
    if (!write_all(file, answer)) break;
  }
  _exit(0);
}

void Crew::give(std::uint64_t number, std::string task) {
  waiting_.push_back({number, std::move(task)});
}

void Crew::hand_out() {
  for (std::size_t round = 1; round <= tasks_ahead; ++round) {
    for (Worker& worker : workers_) {
      if (waiting_.empty()) return;
      if (worker.tasks.size() >= round) continue;
      if (worker.tasks.empty()) worker.since = Clock::now();
      worker.tasks.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
      ++taken_;
      const Task& task = worker.tasks.back();
      // When it died meanwhile, reading from it tells.
      (void)write_all(worker.file, packed(task.number, task.text, false));
    }
  }
}

void Crew::take_answers(Worker& worker) {
  TaskHeader header{};
  while (worker.input.size() >= sizeof header) {
    std::memcpy(&header, worker.input.data(), sizeof header);
    if (worker.input.size() < sizeof header + header.length) return;
    CrewAnswer answer;
    answer.number = header.number;
    answer.kind = header.failed != 0 ? CrewAnswer::Kind::failed : CrewAnswer::Kind::answered;
    answer.text = worker.input.substr(sizeof header, header.length);
    worker.input.erase(0, sizeof header + header.length);
    worker.tasks.pop_front();
    worker.since = Clock::now();
    --taken_;
    answers_.push_back(std::move(answer));
  }
}

// Its first task is to blame; the others were not begun.
void Crew::lose(Worker& worker, CrewAnswer::Kind kind) {
  int status = 0;
  kill(worker.process, SIGKILL);
  while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  close(worker.file);
  std::deque<Task> tasks = std::move(worker.tasks);
  taken_ -= tasks.size();
  worker = Worker{};
  if (!tasks.empty()) {
    CrewAnswer answer;
    answer.number = tasks.front().number;
    answer.kind = kind;
    answer.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (kind == CrewAnswer::Kind::died && answer.signal == 0) {
      answer.kind = CrewAnswer::Kind::failed;
      answer.text = "its process ended with exit code " + std::to_string(WEXITSTATUS(status));
    }
    answers_.push_back(std::move(answer));
    tasks.pop_front();
  }
  waiting_.insert(waiting_.begin(), std::make_move_iterator(tasks.begin()),
                  std::make_move_iterator(tasks.end()));
  start(worker);
}

void Crew::read_from(Worker& worker) {
  char buffer[65536];
  const ssize_t got = read(worker.file, buffer, sizeof buffer);
  if (got < 0 && errno == EINTR) return;
  if (got <= 0) return lose(worker, CrewAnswer::Kind::died);
  worker.input.append(buffer, static_cast<std::size_t>(got));
  take_answers(worker);
}

void Crew::end_the_hung() {
  for (Worker& worker : workers_) {
    if (!worker.tasks.empty() && Clock::now() - worker.since > patience_)
      lose(worker, CrewAnswer::Kind::hung);
  }
}

std::optional<CrewAnswer> Crew::take(std::chrono::milliseconds wait) {
  const auto until = Clock::now() + wait;
  while (answers_.empty() && open() > 0) {
    hand_out();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() < 0) return std::nullopt;
    std::vector<pollfd> files;
    for (const Worker& worker : workers_) files.push_back({worker.file, POLLIN, 0});
    if (poll(files.data(), files.size(), static_cast<int>(left.count())) < 0) return std::nullopt;
    for (std::size_t w = 0; w < workers_.size(); ++w) {
      if (files[w].revents != 0) read_from(workers_[w]);
    }
    end_the_hung();
  }
  if (answers_.empty()) return std::nullopt;
  CrewAnswer answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

void Crew::clear() {
  waiting_.clear();
  answers_.clear();
  for (Worker& worker : workers_) {
    if (worker.tasks.empty()) continue;
    stop(worker);
    start(worker);
  }
  taken_ = 0;
}

}  // namespace lockstep::sim
