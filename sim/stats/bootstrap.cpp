#include "sim/stats/bootstrap.hpp"

#include <algorithm>
#include <span>
#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>

#include "core/base/check.hpp"
#include "core/base/random.hpp"
#include "sim/stats/quantiles.hpp"

namespace lockstep::sim {

MeanInterval mean_interval(std::vector<double> samples, const Bootstrap& how) {
  check(!samples.empty(), "a mean is taken of one sample at least");
  check(how.resamples > 0, "an interval takes one resample at least");
  check(how.confidence >= 0 && how.confidence < 1, "a confidence lies between 0 and 1");
  std::sort(samples.begin(), samples.end());
  const double mean = summarize(samples).mean;
  if (samples.front() == samples.back()) return {mean, mean, mean};

  Random random(how.seed);
  xt::xtensor<double, 1> drawn = xt::zeros<double>({samples.size()});
  xt::xtensor<double, 1> means = xt::zeros<double>({std::size_t{how.resamples}});
  for (double& one : means) {
    for (double& sample : drawn) sample = samples[random.below(samples.size())];
    one = xt::mean(drawn, xt::evaluation_strategy::immediate)();
  }
  std::sort(means.begin(), means.end());
  const std::span<const double> sorted(means.data(), means.size());
  const double outside = (1 - how.confidence) / 2;
  return {mean, quantile_of_sorted(sorted, outside), quantile_of_sorted(sorted, 1 - outside)};
}

}  // namespace lockstep::sim
