// Which member is asked about files, and what it answers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"

namespace lockstep::ctl {

using FilesJson = nlohmann::ordered_json;

// Throws Stop.
[[nodiscard]] Place files_place(const Common& common, const FilesWords& words);
// Of a call that is done or begun; throws Stop for any other.
[[nodiscard]] FilesJson ask_files(const Place& place, const std::string& method,
                                  const std::string& target, Duration timeout);
[[nodiscard]] std::string bytes_text(double bytes);  // "1.5 MiB"

}  // namespace lockstep::ctl
