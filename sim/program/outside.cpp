#include "sim/program/outside.hpp"

#include <fmt/core.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace lockstep::sim {
namespace {

// A file in memory: no pipe fills up, so nobody waits for anybody.
int scratch_file(const std::string& content = "") {
  const int file = memfd_create("lockstep", MFD_CLOEXEC);
  if (file < 0) throw OutsideError(fmt::format("cannot make a file: {}", std::strerror(errno)));
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t wrote = write(file, content.data() + done, content.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  lseek(file, 0, SEEK_SET);
  return file;
}

std::string content_of(int file) {
  std::string text;
  char buffer[65536];
  off_t place = 0;
  for (;;) {
    const ssize_t got = pread(file, buffer, sizeof buffer, place);
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
    place += got;
  }
  close(file);
  return text;
}

pid_t start_program(std::vector<std::string> words, int in, int out, int err) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0)
    throw OutsideError(fmt::format("cannot start {}: {}", words[0], std::strerror(errno)));
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  signal(SIGPIPE, SIG_DFL);
  execvp(pointers[0], pointers.data());
  _exit(127);
}

}  // namespace

int wait_for(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool is_installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  std::string folder;
  while (std::getline(folders, folder, ':')) {
    if (access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

Said ask(const std::vector<std::string>& words, const std::string& input) {
  const int in = scratch_file(input), out = scratch_file(), err = scratch_file();
  Said said;
  said.code = wait_for(start_program(words, in, out, err));
  close(in);
  said.out = content_of(out);
  said.err = content_of(err);
  return said;
}

Helper::Helper(const std::vector<std::string>& words, const std::string& input) {
  const int in = scratch_file(input);
  process_ = start_program(words, in, STDOUT_FILENO, STDERR_FILENO);
  close(in);
}

Helper::~Helper() {
  if (process_ == 0) return;
  terminate();
  wait_for(process_);
}

bool Helper::ended() {
  if (process_ == 0) return true;
  if (waitpid(process_, nullptr, WNOHANG) == 0) return false;
  process_ = 0;
  return true;
}

void Helper::terminate() const {
  if (process_ != 0) kill(process_, SIGTERM);
}

std::string shell_word(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace lockstep::sim
