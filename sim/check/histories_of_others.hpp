// Reads histories that others published, to check the checker against their verdicts.
//
// Each reader gives a key-value history whose times are the places of the events in the text; where
// a history starts from a value, a write of it that returned before everything else comes first.
// What the text says of an operation's end becomes its outcome: see each reader. A text that is not
// of the form is refused with HistoryRefused: what is wrong, and in which line.
#pragma once

#include <string_view>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/judge.hpp"

namespace lockstep::sim {

// Jepsen's logs of etcd as in Porcupine's tests: one compare-and-set register, at first absent.
// Lines "INFO  jepsen.util - PROCESS :TYPE :OP VALUE", separated by tabs. A cas that fails found
// something else than it expected; any other failure leaves the outcome unknown.
[[nodiscard]] std::vector<HistoryOperation> read_etcd_log(std::string_view text);

// Porcupine's key-value histories: get, put and append on texts, at first "". One map a line.
[[nodiscard]] std::vector<HistoryOperation> read_porcupine_kv(std::string_view text);

// Knossos' histories in EDN. What fails did not happen; a read of nil says nothing.
//   (cas-)register: :read, :write, :cas on one register, at first 0
//   multi-register: :txn of [:read KEY VALUE] and [:write KEY VALUE], or :r and :w; at first 0 each
//   mutex: :acquire, :release
// `kv` is refused: Knossos has no such model.
[[nodiscard]] std::vector<HistoryOperation> read_knossos_edn(
    std::string_view text, ModelName model = ModelName::cas_register);

}  // namespace lockstep::sim
