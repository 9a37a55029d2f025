// The path length that Isolation Forest compares with, and what a path length says (Liu, Ting,
// Zhou, "Isolation forest", ICDM 2008, equations 1 and 2). Fixed point, in units of 2^-32.
//
// H(i) is the paper's estimate, ln(i) + 0.5772156649: a fifth too low for the smallest i, but what
// others publish scores with. c(2) is exactly 1, as in the authors' later version ("Isolation-based
// anomaly detection", TKDD 2012), and not the 0.154 of that estimate.
#pragma once

#include <cstdint>
#include <vector>

namespace lockstep::predict {

// c(n), the mean length of an unsuccessful search in a binary search tree of n keys, for n = 0 up
// to `largest`: c(0) = c(1) = 0, c(2) = 1, c(n) = 2 H(n-1) - 2 (n-1) / n within 4e-7.
[[nodiscard]] std::vector<std::uint64_t> average_path_lengths_q32(std::uint32_t largest);

// s = 2^(-mean / average) within 2e-7 where mean = sum / count; in [0, 2^32]. Close to 2^32 is
// surely unusual, well below half of it is usual. REQUIRES: count > 0, average > 0.
[[nodiscard]] std::uint64_t anomaly_score_q32(std::uint64_t sum_q32, std::uint64_t count,
                                              std::uint64_t average_q32);

}  // namespace lockstep::predict
