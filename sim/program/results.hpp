// The folder of one run: <out>/<scenario>/<stamp>/, with a `latest` link beside it. While it is
// being written it is named <stamp>.partial; a folder without that ending is complete.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/program/recording.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::sim {

// The output folder cannot be used. what() says which, why, and what to do.
struct OutputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Makes the folder and proves that it can be written. Throws OutputError.
void require_writable(const std::filesystem::path& folder);

class RunFolder {
 public:
  // Creates the partial folder at once, so that an unwritable place is noticed before the run.
  // Throws OutputError.
  RunFolder(const std::filesystem::path& out, const Scenario& scenario);
  [[nodiscard]] const std::filesystem::path& partial() const { return partial_; }
  void write(const std::string& name, const std::string& content) const;
  // Gives the folder its name and points `latest` at it. Returns the final path.
  std::filesystem::path complete();
  // Nothing of value was written yet: removes it.
  void abandon();

 private:
  std::filesystem::path partial_;
  std::filesystem::path final_;
};

struct RunRecord {
  const Scenario* scenario = nullptr;
  const Outcome* outcome = nullptr;
  const Recording* recording = nullptr;
  std::string fabric;   // or world: "simgrid", "loop", "processes"
  std::string command;  // as typed
  double wall_seconds = 0;
  nlohmann::ordered_json more;  // further members of the manifest, if an object
};

[[nodiscard]] nlohmann::ordered_json summary_json(const RunRecord& record);
[[nodiscard]] nlohmann::ordered_json manifest_json(const RunRecord& record);
// Writes every file of a run.
void write_run(const RunFolder& folder, const RunRecord& record);

}  // namespace lockstep::sim
