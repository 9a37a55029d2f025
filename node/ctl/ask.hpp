// Asking several servers at once, over HTTP, and waiting for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "net/http/target.hpp"

namespace lockstep::ctl {

struct Place {
  std::string host;
  std::uint16_t port = 0;
  [[nodiscard]] std::string text() const;  // "10.0.0.1:7000", "[::1]:7000"
  friend bool operator==(const Place&, const Place&) = default;
};

struct Question {
  Place place;
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct Answer {
  unsigned status = 0;  // 0: none, and `error` says why
  std::string body;
  std::string error;
  std::string location;  // of a redirect
};

// An answer for each question, in their order. Waits for all of them, each up to `timeout`, but
// once there is an answer no longer than `patience` for the others.
[[nodiscard]] std::vector<Answer> ask(const std::vector<Question>& questions, Duration timeout,
                                      Duration patience);
[[nodiscard]] Answer ask(const Question& question, Duration timeout);

using net::percent_encoded;

}  // namespace lockstep::ctl
