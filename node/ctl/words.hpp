// The words of lockstepctl's command line, as CLI11 reads them, and what each command then does.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/ctl/commands.hpp"

namespace lockstep::ctl {

using Actions = std::vector<std::pair<CLI::App*, std::function<int()>>>;

inline void add_token(CLI::App& command, AdminWords& into) {
  command.add_option("--token", into.token, "the servers' admin.token")
      ->envname("LOCKSTEP_ADMIN_TOKEN");
}

// An option that takes a time with its unit, above 0 and at most a day.
CLI::Option* add_time(CLI::App& app, const char* name, const char* what,
                      const std::function<void(Duration)>& set);

// "-" reads stdin. Throws Stop if that cannot be read.
[[nodiscard]] std::string value_of(const std::string& word);

struct ElectionWords {
  AdminWords admin;
  std::string key, value;
  std::vector<std::string> vitals;
};
// All three outlive what is added.
void add_election(CLI::App& app, const Common& common, ElectionWords& words, Actions& actions);

struct MessagesWords {
  std::string text, after;
  std::optional<Duration> bound;
  MessagesBenchWords bench;
};
void add_messages(CLI::App& app, const Common& common, MessagesWords& words, Actions& actions);
void add_files(CLI::App& app, const Common& common, FilesWords& words, Actions& actions);

}  // namespace lockstep::ctl
