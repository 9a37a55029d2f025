// What clients saw: operations with the interval in which each took effect, if it did.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::sim {

struct HistoryOperation {
  enum class Outcome : std::uint8_t {
    ok,      // it took effect, and this is what it returned
    failed,  // it certainly did not and never will take effect
    unknown  // it may take effect at any time after `invoked`, or never
  };
  std::uint64_t id = 0;  // place in the history
  NodeId client;
  // On a value: "put", "get", "delete", "append", "cas"; on a lock: "acquire", "release"; on
  // several registers at once: "txn".
  std::string verb;
  std::string key;
  std::string value;                    // put, append, cas: what it writes
  std::optional<std::string> expected;  // cas: what it expects; none: that the key is absent
  Instant invoked;
  Instant returned;  // meaningless while unknown
  Outcome outcome = Outcome::unknown;
  std::optional<std::string> found;  // ok get: what it read; none: the key was absent
  bool swapped = false;              // ok cas: whether it wrote
  std::string reason;                // failed, unknown: why
  struct Part {
    bool writes = false;
    std::string key;
    std::optional<std::string> value;  // written or found; none: absent
    friend bool operator==(const Part&, const Part&) = default;
  };
  std::vector<Part> parts;  // txn: in the order in which it does them
  // Place among all invocations and returns of the run, where the recorder knows it: tells which of
  // two at the same instant came first. 0: not known, then operations that touch are concurrent.
  std::uint64_t invoked_order = 0;
  std::uint64_t returned_order = 0;
};

// A text is no history of the form it should have, or an operation is none that is known. what()
// says which line or operation, and why.
struct HistoryRefused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Violation {
  std::string rule;  // "election safety"; one of the names the protocol lists
  std::string text;  // what exactly, with nodes, terms and indices
  NodeId node;
  Instant at;
};

}  // namespace lockstep::sim
