// shrink: a scenario that goes wrong to a small one that goes wrong in the same way.
//
// Delta debugging (Zeller and Hildebrandt, 2002) over the JSON of the scenario: faults, operations,
// nodes, clients, keys and time are left out, load becomes a script, values become round ones, for
// as long as the trial says that the rule still breaks in the same way. Every step makes the
// scenario simpler by one measure, so it ends, and shrinking what was shrunk changes nothing. Where
// nothing helps any more, other seeds are tried: each change gives all that is random another turn.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/fuzz/fingerprint.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {

// What a run of a candidate shows.
struct Look {
  std::vector<HistoryOperation> history;
  std::optional<Instant> broke;  // when the rule broke, where that is an instant
};

struct Trial {
  // Which is the first of the candidates that goes wrong in the same way.
  std::function<std::optional<std::size_t>(const std::vector<Json>&)> first_same;
  // Nothing when the run does not end by itself.
  std::function<std::optional<Look>(const Json&)> look;
  std::function<bool()> expired;  // no further candidates, please
};

// Whether a rule is judged only where recovery is claimed, after it is owed.
[[nodiscard]] bool rests_on_recovery(std::string_view rule);

// REQUIRES: `scenario` is accepted by the reader, and the trial says that it is the same.
// `recovery`: the rule rests on recovery, so what is claimed is kept with care: it stays owed, were
// it of a configuration with every protection on.
[[nodiscard]] Json shrink(Json scenario, const Trial& trial, bool recovery);

// The steps of shrink() from here, for whoever looks for the small scenario in another way: one
// list of each sort, as many whatever the scenario, the boldest first. Each step is simpler, so
// whoever follows them comes to an end. `seen`: of a run of it.
[[nodiscard]] std::vector<std::vector<Json>> simpler(const Json& scenario,
                                                     const std::optional<Look>& seen,
                                                     bool recovery);

// What a run is judged by and nothing else: claims that play no part in how it went wrong are left
// out, the one that does stays.
[[nodiscard]] Json stripped(Json scenario, const RunEnd& end);

// Whether correct code owes what the scenario claims of recovery.
[[nodiscard]] bool claims_what_is_owed(const Json& scenario);

// The scenario with title, why and the broken rule filled in, for people and for the repository.
[[nodiscard]] Json told(Json scenario, const RunEnd& end);

}  // namespace lockstep::sim
