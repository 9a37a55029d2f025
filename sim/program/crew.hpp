// Crew: worker processes that take one task at a time, each a text that is answered with a text. A
// task that ends its process, or never ends, costs itself alone: its answer says what happened, and
// another process takes the place.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lockstep::sim {

struct CrewAnswer {
  enum class Kind : std::uint8_t {
    answered,
    failed,  // it threw; `text` is what
    died,    // `signal` ended its process
    hung     // it was ended after the crew's patience
  };
  std::uint64_t number = 0;
  Kind kind = Kind::answered;
  std::string text;
  int signal = 0;
};

class Crew {
 public:
  using Work = std::function<std::string(const std::string& task)>;
  using Clock = std::chrono::steady_clock;

  // `most_memory`: of one worker, in bytes; what asks for more throws std::bad_alloc. Throws
  // std::runtime_error when no process can be started.
  Crew(Work work, unsigned workers, std::chrono::seconds patience,
       std::uint64_t most_memory = std::uint64_t{4} << 30);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void give(std::uint64_t number, std::string task);
  // Tasks whose answers were not taken yet, and how many are wanted so that no worker waits.
  [[nodiscard]] std::size_t open() const { return waiting_.size() + taken_ + answers_.size(); }
  [[nodiscard]] std::size_t wanted() const { return workers_.size() * 2; }
  // An answer, as soon as there is one; nothing when `wait` is over or nothing is open.
  std::optional<CrewAnswer> take(std::chrono::milliseconds wait);
  // Forgets what is open; workers in the middle of something are replaced.
  void clear();

 private:
  struct Task {
    std::uint64_t number;
    std::string text;
  };
  struct Worker {
    pid_t process = 0;
    int file = -1;
    std::string input;
    std::deque<Task> tasks;  // the first one is being worked on
    Clock::time_point since;
  };

  void start(Worker& worker);
  static void stop(Worker& worker);
  [[noreturn]] void serve(int file) const;
  void hand_out();
  void read_from(Worker& worker);
  void take_answers(Worker& worker);
  void lose(Worker& worker, CrewAnswer::Kind kind);
  void end_the_hung();

  Work work_;
  std::chrono::seconds patience_;
  std::uint64_t most_memory_;
  std::vector<Worker> workers_;
  std::deque<Task> waiting_;
  std::deque<CrewAnswer> answers_;
  std::size_t taken_ = 0;  // tasks that workers have
};

}  // namespace lockstep::sim
