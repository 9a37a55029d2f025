#include "sim/stats/ecdf.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/check.hpp"

namespace lockstep::sim {

Ecdf ecdf_of(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto n = static_cast<double>(samples.size());
  Ecdf ecdf;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i + 1 < samples.size() && samples[i + 1] == samples[i]) continue;
    ecdf.at.push_back(samples[i]);
    ecdf.share.push_back(static_cast<double>(i + 1) / n);
  }
  return ecdf;
}

double share_up_to(const Ecdf& ecdf, double x) {
  const auto above = std::upper_bound(ecdf.at.begin(), ecdf.at.end(), x);
  return above == ecdf.at.begin()
             ? 0
             : ecdf.share[static_cast<std::size_t>(above - ecdf.at.begin()) - 1];
}

double ks_distance(const Ecdf& a, const Ecdf& b) {
  check(!a.at.empty() && !b.at.empty(), "a distance is between samples");
  double distance = 0;
  std::size_t i = 0, j = 0;
  // Between two steps nothing changes, so looking after each step of either is enough.
  while (i < a.at.size() && j < b.at.size()) {
    const double x = std::min(a.at[i], b.at[j]);
    i += a.at[i] == x;
    j += b.at[j] == x;
    const double of_a = i == 0 ? 0 : a.share[i - 1], of_b = j == 0 ? 0 : b.share[j - 1];
    distance = std::max(distance, std::abs(of_a - of_b));
  }
  return distance;  // after the last step of one, the other only comes nearer
}

}  // namespace lockstep::sim
