#include "sim/stats/histogram.hpp"

#include <algorithm>
#include <xtensor/xadapt.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xhistogram.hpp>
#include <xtensor/xtensor.hpp>

#include "core/base/check.hpp"

namespace lockstep::sim {

Histogram histogram_of(const std::vector<double>& samples, std::uint32_t bins) {
  check(!samples.empty(), "a histogram is of one sample at least");
  check(bins > 0, "a histogram has one interval at least");
  auto [low, high] = std::minmax_element(samples.begin(), samples.end());
  double least = *low, largest = *high;
  if (least == largest) {
    bins = 1;
    least -= 0.5;
    largest += 0.5;
  }
  xt::xtensor<double, 1> edges = xt::linspace<double>(least, largest, std::size_t{bins} + 1);
  edges(bins) = largest;  // the sum of the steps may end just below it
  // By edges: xtensor 0.24 with a number of intervals computes the place of a sample, which may
  // round to one after the last.
  const xt::xtensor<double, 1> data = xt::adapt(samples);
  const xt::xtensor<double, 1> counts = xt::histogram(data, edges);
  Histogram histogram;
  histogram.edges.assign(edges.begin(), edges.end());
  for (const double count : counts) histogram.counts.push_back(static_cast<std::uint64_t>(count));
  return histogram;
}

}  // namespace lockstep::sim
