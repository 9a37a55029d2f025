// Workers: many independent jobs over several processes. A job's answer is text; a job that dies is
// an error with its number.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lockstep::sim {

struct Jobs {
  std::vector<std::uint64_t> numbers;                 // which
  std::function<std::string(std::uint64_t)> perform;  // in a worker process
  // In this process, of each answer as it comes, which is not kept then; `failed`: it is an error's
  // text, which is kept as well. May be empty.
  std::function<void(std::uint64_t, std::string text, bool failed)> take = {};
  bool process_each =
      false;  // a process of its own for every job (SimGrid's engine serves one run)
  unsigned workers = 1;
};

struct JobResults {
  std::map<std::uint64_t, std::string> answers;  // none where Jobs::take took them
  std::uint64_t answered = 0;
  std::vector<std::string> errors;  // one line each
  bool interrupted = false;         // SIGINT or SIGTERM came; the answers so far are here
};

// What a caller throws that can do nothing with a part of the answers.
struct Interrupted {};

// `done` is called in this process with the number of answers so far.
[[nodiscard]] JobResults run_jobs(const Jobs& jobs, const std::function<void(std::uint64_t)>& done);

}  // namespace lockstep::sim
