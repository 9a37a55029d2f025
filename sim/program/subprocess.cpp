#include "sim/program/subprocess.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "sim/program/exit_codes.hpp"
#include "sim/program/outside.hpp"

namespace lockstep::sim {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::string output_of_self(const std::vector<std::string>& arguments) {
  int ends[2];
  if (pipe(ends) != 0)
    throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  const pid_t child = fork();
  if (child < 0)
    throw std::runtime_error(std::string("cannot start another process: ") + std::strerror(errno));
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    std::vector<std::string> copy{"lockstep"};
    copy.insert(copy.end(), arguments.begin(), arguments.end());
    execv("/proc/self/exe", pointers_to(copy).data());
    _exit(127);
  }
  close(ends[1]);
  std::string output;
  char buffer[65536];
  for (;;) {
    const ssize_t got = read(ends[0], buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    output.append(buffer, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  wait_for(child);
  return output;
}

int run_tool(std::vector<std::string> words, const std::string& input) {
  // A file, since a tool that ends early would break a pipe.
  std::FILE* const file = std::tmpfile();
  const bool whole = file != nullptr &&
                     std::fwrite(input.data(), 1, input.size(), file) == input.size() &&
                     std::fflush(file) == 0;
  if (!whole) {
    const int code = errno;
    if (file != nullptr) std::fclose(file);
    throw std::runtime_error(std::string("no temporary file: ") + std::strerror(code));
  }
  std::rewind(file);
  const auto pointers = pointers_to(words);
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(fileno(file), STDIN_FILENO);
    if (const int silence = open("/dev/null", O_WRONLY); silence >= 0) dup2(silence, STDERR_FILENO);
    execvp(pointers[0], pointers.data());
    _exit(no_such_tool);
  }
  const int code = errno;
  std::fclose(file);
  if (child < 0)
    throw std::runtime_error(std::string("cannot start another process: ") + std::strerror(code));
  return wait_for(child);
}

int become_sibling(std::vector<std::string> words) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string path = (self.parent_path() / words[0]).string();
  const auto pointers = pointers_to(words);
  std::fflush(nullptr);
  execv(path.c_str(), pointers.data());
  fmt::print(stderr, "{}: cannot be run: {}; build it (LOCKSTEP_NODE=ON)\n", path,
             std::strerror(errno));
  return exit_internal;
}

}  // namespace lockstep::sim
