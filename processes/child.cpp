#include "processes/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace lockstep::processes {
namespace {

struct Words {
  std::vector<std::string> texts;
  std::vector<char*> pointers;  // ends in a null pointer
};

Words words_of(std::vector<std::string> texts) {
  Words words{std::move(texts), {}};
  for (auto& text : words.texts) words.pointers.push_back(text.data());
  words.pointers.push_back(nullptr);
  return words;
}

// Between fork and exec only calls that are safe in a copy of a process.
[[noreturn]] void become(const char* path, char** arguments, char** environment, int output,
                         pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before the line above
  setpgid(0, 0);                        // Ctrl-C at the terminal is for the parent to act on
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int input = open("/dev/null", O_RDONLY);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execve(path, arguments, environment);
  _exit(127);
}

}  // namespace

Child::Child(const Program& program) {
  require_runnable(program.path);
  const int output = open(program.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (output < 0)
    throw std::runtime_error(program.output + ": cannot be written: " + std::strerror(errno));
  std::vector<std::string> texts{program.path};
  texts.insert(texts.end(), program.arguments.begin(), program.arguments.end());
  Words arguments = words_of(std::move(texts));
  texts.clear();
  for (const auto& [name, value] : program.environment) texts.push_back(name + "=" + value);
  Words environment = words_of(std::move(texts));
  const pid_t parent = getpid();
  id_ = fork();
  const int why = errno;
  if (id_ == 0)
    become(program.path.c_str(), arguments.pointers.data(), environment.pointers.data(), output,
           parent);
  close(output);
  if (id_ < 0)
    throw std::runtime_error(program.path + ": cannot start a process: " + std::strerror(why));
}

Child::~Child() { kill(); }

void Child::send(int signal) const {
  if (!ended_) ::kill(id_, signal);
}

void Child::note(int status) {
  ended_ = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                               : "exit code " + std::to_string(WEXITSTATUS(status));
}

std::optional<std::string> Child::ended() {
  int status = 0;
  if (!ended_ && waitpid(id_, &status, WNOHANG) == id_) note(status);
  return ended_;
}

void Child::kill() {
  if (ended()) return;
  ::kill(id_, SIGKILL);
  int status = 0;
  while (waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  note(status);
}

void require_runnable(const std::string& path) {
  if (access(path.c_str(), X_OK) != 0)
    throw std::runtime_error(path + ": cannot be run: " + std::strerror(errno) +
                             "; build it first");
}

std::string sibling(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

}  // namespace lockstep::processes
