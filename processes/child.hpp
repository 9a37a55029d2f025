// Child: one process that this one started, and that ends with it: killed by its destructor, and by
// the kernel should this process be killed. Known by its id alone; never found by a name.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lockstep::processes {

struct Program {
  std::string path;
  std::vector<std::string> arguments;              // without the program's own name
  std::map<std::string, std::string> environment;  // all of it
  std::string output;                              // stdout and stderr are appended to this file
};

class Child {
 public:
  // Throws std::runtime_error with a sentence when it cannot be started.
  explicit Child(const Program& program);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }
  void send(int signal) const;  // nothing happens once it has ended
  // How it ended: "exit code 0", "signal 9"; nothing while it runs.
  [[nodiscard]] std::optional<std::string> ended();
  // SIGKILL, and gone when this returns.
  void kill();

 private:
  void note(int status);

  pid_t id_ = -1;
  std::optional<std::string> ended_;
};

// Throws std::runtime_error with a sentence when there is no such program.
void require_runnable(const std::string& path);
// The file of that name beside this program's own.
[[nodiscard]] std::string sibling(const std::string& name);

}  // namespace lockstep::processes
