// Simpler neighbours of a scenario. Each function gives candidates, the boldest first; whether they
// make sense, and whether they are any simpler, is for the caller to find out.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {

using Candidates = std::vector<Json>;

// Without node `number`; those above it move down by one. Faults that name nobody else go.
[[nodiscard]] Json without_node(const Json& scenario, std::uint32_t number);
[[nodiscard]] Json without_client(const Json& scenario, std::uint32_t number);
[[nodiscard]] Candidates fewer_nodes(const Json& scenario);
[[nodiscard]] Candidates fewer_clients(const Json& scenario);

// Without one optional key, or a whole part.
[[nodiscard]] Candidates fewer_keys(const Json& scenario);

// Whether operations are made beside those of a script.
[[nodiscard]] bool makes_load(const Json& scenario);
// The load as a script of the operations it made; nothing where it is one.
[[nodiscard]] std::optional<Json> scripted(const Json& scenario,
                                           const std::vector<HistoryOperation>& history);
// Short keys and values, numbered in the order of the script; what changes a key as a put.
[[nodiscard]] Candidates plainer_script(const Json& scenario);

[[nodiscard]] Candidates shorter(const Json& scenario, const std::optional<Instant>& broke);

// One fault less involved: once in place of many times, whom it hits, which way, without what it
// may leave unsaid.
[[nodiscard]] Candidates plainer_faults(const Json& scenario);
// Several faults as one: both ways of a cut, whoever is hit at the same instant, and what undoes a
// fault as its "for".
[[nodiscard]] Candidates joined_faults(const Json& scenario);

// One duration, latency, ratio, amount or number as a rounder one.
[[nodiscard]] Candidates rounder(const Json& scenario);
// Digits other than 0: what is rounder has fewer of them, where it is not shorter.
[[nodiscard]] std::uint64_t count_figures(std::string_view text);

}  // namespace lockstep::sim
