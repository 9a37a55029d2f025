// Files that are there whole or not at all: written under another name, then renamed.
#pragma once

#include <filesystem>
#include <string>

namespace lockstep::sim {

// `mark` keeps several writers of one path apart until they rename. Throws OutputError.
void write_whole(const std::filesystem::path& path, const std::string& content,
                 const std::string& mark = "");

// Throws OutputError; `remedy` ends what it says.
[[nodiscard]] std::string read_whole(const std::filesystem::path& path, const std::string& remedy);

}  // namespace lockstep::sim
