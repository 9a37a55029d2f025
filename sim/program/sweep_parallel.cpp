#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "sim/program/interrupts.hpp"
#include "sim/program/outside.hpp"
#include "sim/program/sweep_engines.hpp"

namespace lockstep::sim {
namespace {

void require_gnu_parallel() {
  if (!is_installed("parallel"))
    throw OutsideError(
        "--engine parallel: GNU Parallel is not installed here; install Debian's package "
        "'parallel', or leave --engine away");
  if (!ask({"parallel", "--version"}).out.starts_with("GNU parallel"))
    throw OutsideError(
        "--engine parallel: the 'parallel' found first in PATH is not GNU Parallel (moreutils has "
        "another one); install Debian's package 'parallel'");
}

std::vector<std::string> parallel_words(const EngineTask& task) {
  // --plain: neither a profile nor $PARALLEL of whoever calls changes what runs. The shell is the
  // one shell_word() writes for: without its name, the account's here and there, which may be
  // another one, or none where nobody logged in.
  std::vector<std::string> words{"env", "PARALLEL_SHELL=/bin/sh", "parallel", "--plain",
                                 "--will-cite"};
  if (task.jobs) words.insert(words.end(), {"--jobs", std::to_string(*task.jobs)});
  if (!task.hosts_file.empty()) {
    words.insert(words.end(), {"--sshloginfile", task.hosts_file});
  } else {
    words.insert(words.end(), {"--sshlogin", task.hosts.empty() ? ":" : task.hosts});
  }
  // A host that cannot be reached leaves its shards to the others.
  if (!task.hosts_file.empty() || !task.hosts.empty())
    words.insert(words.end(), {"--retries", "2"});
  words.push_back(fmt::format("{} sweep {} --shard {{}}/{} --jobs 1",
                              shell_word(std::filesystem::read_symlink("/proc/self/exe").string()),
                              shell_word(task.sweep), task.shards->plan().shards));
  return words;
}

}  // namespace

EngineAnswer perform_by_parallel(const EngineTask& task) {
  require_gnu_parallel();
  std::string numbers;
  for (const std::uint64_t shard : task.missing) numbers += std::to_string(shard) + "\n";
  const NotesInterrupts notes;
  Helper parallel(parallel_words(task), numbers);
  while (!parallel.ended()) {
    if (NotesInterrupts::came()) {
      parallel.terminate();  // starts nothing any more
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      parallel.terminate();  // ends what runs
      return {true, ""};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (task.done) task.done(task.shards->count_files());
  }
  return {NotesInterrupts::came(), ""};
}

}  // namespace lockstep::sim
