#include "processes/tokens.hpp"

#include <fmt/format.h>

#include <charconv>

#include "core/text/to_text.hpp"

namespace lockstep::processes {
namespace {

constexpr const char* rule = "older token accepted";

bool take_number(std::string_view text, std::uint64_t& number) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end;
}

}  // namespace

void Tokens::kept(Instant now, std::uint32_t node, fencing::Token token) {
  fencing::Token& newest = kept_[node];
  if (token < newest)
    violations_.push_back({rule,
                           fmt::format("the resource of n{} shows token {} after {}", node + 1,
                                       to_text(token), to_text(newest)),
                           NodeId(node + 1), now});
  newest = token;
}

// What was answered before this one was asked for is older.
void Tokens::answered(Instant asked, Instant now, fencing::Token token) {
  for (const Answer& before : answers_) {
    if (!quorums_ || before.at >= asked || before.token < token) continue;
    violations_.push_back({rule,
                           fmt::format("an action asked for at {} was taken with token {}, after "
                                       "one with {} was",
                                       to_text(asked), to_text(token), to_text(before.token)),
                           nobody, now});
    break;
  }
  answers_.push_back({now, token});
}

std::optional<fencing::Token> token_of(std::string_view header) {
  const std::size_t dot = header.find('.');
  std::uint64_t epoch = 0, number = 0;
  if (dot == std::string_view::npos || !take_number(header.substr(0, dot), epoch) ||
      !take_number(header.substr(dot + 1), number))
    return std::nullopt;
  return fencing::Token{Epoch(epoch), number};
}

}  // namespace lockstep::processes
