// The verdict on a history under a named sequential model, with what a person needs to see why: the
// longest prefix that has an order, that order, and the operation that ends it.
//
// Models by name, and the verbs they know:
//   register        get, put
//   cas-register    get, put, cas
//   kv              get, put, delete, append, cas
//   multi-register  txn, get, put: several registers at one instant
//   mutex           acquire, release: free at first
// Everything but multi-register is judged key by key (locality: Herlihy and Wing, 1990). Values are
// absent at first; a history that starts from others begins with writes of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/linearizable.hpp"

namespace lockstep::sim {

enum class ModelName : std::uint8_t { register_, cas_register, kv, multi_register, mutex };
[[nodiscard]] std::string_view name_of(ModelName model);
[[nodiscard]] std::optional<ModelName> model_of(std::string_view name);

struct Judgement {
  Verdict verdict = Verdict::linearizable;
  std::uint64_t steps = 0;
  std::uint64_t operations = 0;  // that were judged: not those that failed, nor unanswered reads
  std::uint64_t keys = 0;
  // Violated: the key whose history goes wrong first; undecided: the first that is not decided.
  std::string key;
  // Below, operations are their places in the history. They are of `key`, or all where it is empty.
  std::optional<std::uint32_t> stuck;  // violated: fits nowhere; returns right after the prefix
  bool longest = true;                 // false: a longer prefix may have an order; no `stuck` then
  std::uint64_t prefix = 0;            // operations of the whole history that returned before
  std::vector<std::uint32_t> order;    // one that explains the prefix; empty with several keys
  std::string state;                   // what the object may be after such an order
  std::string text;                    // one sentence for people
};

// Throws HistoryRefused where an operation has a verb that the model does not know.
[[nodiscard]] Judgement judge(ModelName model, std::span<const HistoryOperation> history,
                              const SearchLimit& limit = {});

}  // namespace lockstep::sim
