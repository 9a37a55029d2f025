// validate, list and show: looking at scenario files without running them.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;

Action add_validate(CLI::App& app) {
  auto* command =
      app.add_subcommand("validate", "Check scenario files: exit 0, or 65 and one line an error.");
  auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("FILE", *files, "scenario files")->required();
  return [files] {
    int code = exit_pass;
    for (const std::string& file : *files) {
      try {
        const Scenario scenario = load_scenario(file);
        fmt::print("{}: ok: {}\n", file, scenario.title);
      } catch (const ScenarioError& error) {
        fmt::print(stderr, "{}\n", error.what());
        code = exit_bad_scenario;
      }
    }
    return code;
  };
}

Action add_list(CLI::App& app) {
  auto* command =
      app.add_subcommand("list", "List the scenarios below a folder with their titles.");
  auto folder = std::make_shared<std::string>("scenarios");
  command->add_option("FOLDER", *folder, "where to look")->capture_default_str();
  return [folder] {
    if (!fs::is_directory(*folder)) {
      throw ScenarioError(*folder, {}, "top level",
                          "not a folder; name one that holds scenario files");
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(*folder)) {
      const std::string name = entry.path().filename().string();
      if (entry.is_regular_file() && entry.path().extension() == ".json" &&
          !name.ends_with(".schema.json") && entry.path().parent_path().filename() != "platforms") {
        files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    int code = exit_pass;
    for (const auto& file : files) {
      try {
        fmt::print("{:<48} {}\n", file.string(), load_scenario(file.string()).title);
      } catch (const ScenarioError& error) {
        fmt::print(stderr, "{}\n", error.what());
        code = exit_bad_scenario;
      }
    }
    return code;
  };
}

Action add_show(CLI::App& app) {
  auto* command = app.add_subcommand(
      "show", "Print the effective scenario: the file with --set and --seed applied.");
  auto flags = std::make_shared<ScenarioFlags>();
  flags->add_to(*command, "simgrid");
  return [flags] {
    fmt::print("{}\n", nlohmann::ordered_json::parse(flags->load().effective).dump(2));
    return exit_pass;
  };
}

}  // namespace lockstep::sim
