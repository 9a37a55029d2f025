// Reads histories that others published, to check the checker against their verdicts.
//
// Each reader gives a key-value history whose times are the places of the events in the text; where
// a history starts from a value, a write of it that returned before everything else comes first.
// What the text says of an operation's end becomes its outcome: see each reader. A text that is not
// of the form is refused with HistoryRefused: what is wrong, and in which line.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/history.hpp"

namespace lockstep::sim {

struct HistoryRefused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Jepsen's logs of etcd as in Porcupine's tests: one compare-and-set register, at first absent.
// Lines "INFO  jepsen.util - PROCESS :TYPE :OP VALUE", separated by tabs. A cas that fails found
// something else than it expected; any other failure leaves the outcome unknown.
[[nodiscard]] std::vector<HistoryOperation> read_etcd_log(std::string_view text);

// Porcupine's key-value histories: get, put and append on texts, at first "". One map a line.
[[nodiscard]] std::vector<HistoryOperation> read_porcupine_kv(std::string_view text);

// Knossos' histories in EDN: one compare-and-set register, at first 0. What fails did not happen;
// a read of nil says nothing.
[[nodiscard]] std::vector<HistoryOperation> read_knossos_edn(std::string_view text);

}  // namespace lockstep::sim
