#include "sim/program/whole_files.hpp"

#include <fmt/core.h>

#include <fstream>
#include <sstream>
#include <system_error>

#include "sim/program/results.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;

void write_whole(const fs::path& path, const std::string& content, const std::string& mark) {
  const fs::path partial = path.string() + mark + ".partial";
  std::ofstream file(partial, std::ios::binary);
  file << content;
  file.close();
  if (!file)
    throw OutputError(fmt::format("{}: cannot write; is the disk full?", partial.string()));
  std::error_code error;
  fs::rename(partial, path, error);
  if (error)
    throw OutputError(fmt::format("{}: cannot be renamed to {}: {}", partial.string(),
                                  path.string(), error.message()));
}

std::string read_whole(const fs::path& path, const std::string& remedy) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || file.bad())
    throw OutputError(fmt::format("{}: cannot read; {}", path.string(), remedy));
  return text.str();
}

}  // namespace lockstep::sim
