// A number that means something has its own type: explicit in, .value() out, no mixing.
#pragma once

#include <compare>
#include <cstdint>

namespace lockstep {

// Tag names the meaning; Rep is an unsigned integer. next() and previous() are the only arithmetic
// most ids need.
template <class Tag, class Rep = std::uint64_t>
class Strong {
 public:
  using rep = Rep;
  constexpr Strong() = default;
  constexpr explicit Strong(Rep value) : value_(value) {}
  [[nodiscard]] constexpr Rep value() const { return value_; }
  [[nodiscard]] constexpr Strong next() const { return Strong(static_cast<Rep>(value_ + 1)); }
  [[nodiscard]] constexpr Strong previous() const { return Strong(static_cast<Rep>(value_ - 1)); }
  constexpr Strong& operator++() {
    ++value_;
    return *this;
  }
  friend constexpr auto operator<=>(Strong, Strong) = default;

 private:
  Rep value_ = 0;
};

// A process of the cluster, counted from 1; 0 is nobody. Ids from client_base on belong to clients.
using NodeId = Strong<struct NodeIdTag, std::uint32_t>;
inline constexpr std::uint32_t client_base = 1u << 30;
inline constexpr NodeId nobody{};
[[nodiscard]] constexpr bool is_client(NodeId id) { return id.value() >= client_base; }

// Names one request at one node; the driver picks it and finds the client by it.
using RequestId = Strong<struct RequestIdTag>;
// Counts the records a machine has asked to persist in this incarnation; the first is 1.
using RecordSeq = Strong<struct RecordSeqTag>;
// Counts the settings of one timer, so that a late firing is known for what it is.
using TimerEpoch = Strong<struct TimerEpochTag>;
// Counts the starts of a node; the first is 1.
using Incarnation = Strong<struct IncarnationTag, std::uint32_t>;

}  // namespace lockstep
