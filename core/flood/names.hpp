// Names of files and the words in them. A name is one component of a path and nothing else, so that
// no name leads out of the shared folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::flood {

// Why it is no name of a file, or nothing.
[[nodiscard]] std::string_view refusal_of_name(std::string_view name);

// Runs of letters, digits and bytes beyond ASCII, ASCII letters in lower case; sorted, each once.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

}  // namespace lockstep::flood
