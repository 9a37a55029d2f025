// RecordShares: whose the records of a shared log are. Two machines that write to one log each
// count their own records from 1; what is durable of the log is told to each in its own numbers.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>

#include "core/base/strong.hpp"

namespace lockstep {

class RecordShares {
 public:
  // What each side is to be told, in its numbers; nothing where none of its records are concerned.
  using Told = std::array<std::optional<RecordSeq>, 2>;

  // REQUIRES: side < 2.
  void wrote(std::size_t side, std::size_t count);
  // Everything of the log up to `upto` is durable. REQUIRES: so much was written.
  Told persisted(RecordSeq upto);

  friend bool operator==(const RecordShares&, const RecordShares&) = default;

 private:
  struct Run {  // records of one side, one behind the other
    std::size_t side = 0;
    RecordSeq last;  // in the log …
    RecordSeq own;   // … and as its side counts it
    friend bool operator==(const Run&, const Run&) = default;
  };
  std::deque<Run> runs_;  // not wholly durable, oldest first
  RecordSeq issued_;
  std::array<RecordSeq, 2> own_;      // issued
  std::array<RecordSeq, 2> durable_;  // told
};

}  // namespace lockstep
