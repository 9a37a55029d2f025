#include "sim/program/workers.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "sim/program/interrupts.hpp"

namespace lockstep::sim {
namespace {

struct JobHeader {
  std::uint64_t number;
  std::uint64_t length;
  std::uint64_t is_error;
};

void write_all(int file, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t wrote = ::write(file, data, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) _exit(1);  // the parent is gone
    data += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
}

void answer(int file, std::uint64_t number, const std::string& text, bool is_error) {
  const JobHeader header{number, text.size(), is_error};
  std::string message(reinterpret_cast<const char*>(&header), sizeof header);
  message += text;
  write_all(file, message.data(), message.size());
}

void perform(const Jobs& jobs, std::uint64_t number, int file) {
  try {
    answer(file, number, jobs.perform(number), false);
  } catch (const std::exception& error) {
    answer(file, number, error.what(), true);
  }
}

[[noreturn]] void work(const Jobs& jobs, std::size_t first, int file) {
  signal(SIGINT, SIG_IGN);  // the parent decides; it closes our pipe or ends us
  signal(SIGTERM, SIG_DFL);
  for (std::size_t i = first; i < jobs.numbers.size(); i += jobs.workers) {
    if (!jobs.process_each) {
      perform(jobs, jobs.numbers[i], file);
      continue;
    }
    const pid_t child = fork();
    if (child == 0) {
      perform(jobs, jobs.numbers[i], file);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0)
      answer(file, jobs.numbers[i], fmt::format("its process died (status {})", status), true);
  }
  _exit(0);
}

struct Worker {
  pid_t process = 0;
  int file = -1;
  std::string input;
};

void take_answers(const Jobs& jobs, Worker& worker, JobResults& results) {
  JobHeader header{};
  while (worker.input.size() >= sizeof header) {
    std::memcpy(&header, worker.input.data(), sizeof header);
    if (worker.input.size() < sizeof header + header.length) return;
    std::string text = worker.input.substr(sizeof header, header.length);
    worker.input.erase(0, sizeof header + header.length);
    const bool failed = header.is_error != 0;
    if (failed) results.errors.push_back(fmt::format("run {}: {}", header.number, text));
    results.answered += !failed;
    if (jobs.take) {
      jobs.take(header.number, std::move(text), failed);
    } else if (!failed) {
      results.answers.emplace(header.number, std::move(text));
    }
  }
}

// False at the end of its answers.
bool read_some(const Jobs& jobs, Worker& worker, JobResults& results) {
  char buffer[65536];
  const ssize_t got = read(worker.file, buffer, sizeof buffer);
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  worker.input.append(buffer, static_cast<std::size_t>(got));
  take_answers(jobs, worker, results);
  return true;
}

}  // namespace

JobResults run_jobs(const Jobs& jobs, const std::function<void(std::uint64_t)>& done) {
  const NotesInterrupts notes;
  std::fflush(nullptr);
  std::vector<Worker> workers;
  for (unsigned w = 0; w < jobs.workers; ++w) {
    int ends[2];
    if (pipe(ends) != 0)
      throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
    const pid_t child = fork();
    if (child < 0)
      throw std::runtime_error(std::string("cannot start a worker: ") + std::strerror(errno));
    if (child == 0) {
      close(ends[0]);
      work(jobs, w, ends[1]);
    }
    close(ends[1]);
    workers.push_back({child, ends[0], {}});
  }
  JobResults results;
  std::size_t open = workers.size();
  while (open > 0 && !NotesInterrupts::came()) {
    std::vector<pollfd> files;
    for (const Worker& worker : workers) files.push_back({worker.file, POLLIN, 0});
    if (poll(files.data(), files.size(), 200) < 0 && errno != EINTR) break;
    for (std::size_t w = 0; w < workers.size(); ++w) {
      if (workers[w].file < 0 || files[w].revents == 0) continue;
      if (!read_some(jobs, workers[w], results)) {
        close(workers[w].file);
        workers[w].file = -1;
        --open;
      }
    }
    done(results.answered);
  }
  results.interrupted = NotesInterrupts::came();
  for (const Worker& worker : workers) {
    if (results.interrupted) kill(worker.process, SIGTERM);
    int status = 0;
    while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
    }
    if (!results.interrupted && status != 0)
      results.errors.push_back(
          fmt::format("a worker died (status {}); its runs are missing", status));
  }
  return results;
}

}  // namespace lockstep::sim
