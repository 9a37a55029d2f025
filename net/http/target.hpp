// The target of a request, taken apart and percent-decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::net {

struct Target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  // '+' is a space, as forms have it
};

// Path and query; what a proxy is sent has scheme and authority before them: "http://host/path".
[[nodiscard]] std::string origin_form(std::string_view text);

// Takes "/path?query", "http://host/path?query" and "*". Nothing for anything else, and for a
// percent sign that is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<Target> decode_target(std::string_view text);

// For a path or a query: everything but letters, digits and -._~ as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace lockstep::net
