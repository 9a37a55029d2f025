#include "node/ctl/words.hpp"

#include <cstdio>

#include "core/base/time.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {

namespace {

Duration parse_time(const std::string& text) {
  const auto time = parse_duration(text);
  if (!time || *time <= Duration(0) || *time > seconds(86400))
    throw CLI::ValidationError(
        "a time above 0, at most a day, with its unit, as 500ms or 5s; not " + text);
  return *time;
}

}  // namespace

CLI::Option* add_time(CLI::App& app, const char* name, const char* what,
                      const std::function<void(Duration)>& set) {
  return app
      .add_option_function<std::string>(
          name, [set](const std::string& text) { set(parse_time(text)); }, what)
      ->type_name("TIME");
}

std::string value_of(const std::string& word) {
  if (word != "-") return word;
  std::string bytes;
  char part[65536];
  for (std::size_t got = 0; (got = std::fread(part, 1, sizeof part, stdin)) > 0;)
    bytes.append(part, got);
  if (std::ferror(stdin) != 0) throw Stop(exit_usage, "the value cannot be read from stdin");
  return bytes;
}

}  // namespace lockstep::ctl
