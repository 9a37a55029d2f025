// Programs of the system that Lockstep hands work to, started by name.
#pragma once

#include <sys/types.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace lockstep::sim {

// Such a program is not there, or did not do what it was asked. what() says which, and what to do.
struct OutsideError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[nodiscard]] bool is_installed(const std::string& program);

struct Said {
  int code = 0;  // exit code; 128 + signal where one ended it
  std::string out, err;
};
// Runs it to its end with `input` on stdin. Throws OutsideError when it cannot be started.
[[nodiscard]] Said ask(const std::vector<std::string>& words, const std::string& input = "");

// Its exit code; 128 + signal where one ended it.
int wait_for(pid_t process);

// A program at work, with our stdout and stderr; SIGTERM comes to it when this process dies.
class Helper {
 public:
  // Throws OutsideError.
  Helper(const std::vector<std::string>& words, const std::string& input);
  ~Helper();  // ends it
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;
  [[nodiscard]] bool ended();  // does not wait
  void terminate() const;

 private:
  pid_t process_ = 0;
};

// In single quotes, for a shell.
[[nodiscard]] std::string shell_word(const std::string& text);

}  // namespace lockstep::sim
