// Values to what a key expects. Each answers the value or why it is refused and what to write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "node/config/config.hpp"
#include "node/config/value.hpp"

namespace lockstep::node {

template <class T>
struct Result {
  std::optional<T> value;
  std::string refusal;  // where there is no value
};

// Puts what was read into `field`, or adds the error.
template <class T>
void take(const Value& value, const Result<T>& read, T& field, Errors& errors) {
  if (read.value) {
    field = *read.value;
  } else {
    errors.add(value, read.refusal);
  }
}

struct Range {
  Duration low, high;  // low <= high
};

inline constexpr Duration longest_time = seconds(3600);

[[nodiscard]] Result<bool> parse_bool(const Value& value);
[[nodiscard]] Result<std::uint64_t> parse_whole(const Value& value, std::uint64_t low,
                                                std::uint64_t high);
[[nodiscard]] Result<NodeId> parse_id(const Value& value);  // 1 to 1000
// Without control characters and not empty.
[[nodiscard]] Result<std::string> parse_text(const Value& value);
// One word of `words`.
[[nodiscard]] Result<std::string> parse_choice(const Value& value,
                                               const std::vector<std::string>& words);
// Above 0, at most longest_time.
[[nodiscard]] Result<Duration> parse_time(const Value& value);
// At most 100 ms, or "0".
[[nodiscard]] Result<Duration> parse_moment(const Value& value);
// "150..300 ms", "500 ms..2 s", "200 ms".
[[nodiscard]] Result<Range> parse_range(const Value& value);
// "host:7000", "10.0.0.1:7000", "[::1]:7000".
[[nodiscard]] Result<Address> parse_address(const Value& value);
// "1.0, 0.5, 2.0": of 0.1 to 2.0, in tenths.
[[nodiscard]] Result<std::vector<quorum::Weight>> parse_weights(const Value& value);
// A list of { "id", "peer", "api" }, or the word "1=PEER/API,2=PEER/API". Ids ascend, and neither
// ids nor addresses repeat; nothing, and errors, otherwise.
[[nodiscard]] std::optional<std::vector<Member>> parse_members(const Value& value, Errors& errors);

// As one writes them.
[[nodiscard]] std::string to_text(const Address& address);
[[nodiscard]] std::string to_text(const Range& range);
[[nodiscard]] std::string to_text(const std::vector<Member>& members);

}  // namespace lockstep::node
