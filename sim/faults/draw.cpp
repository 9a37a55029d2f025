#include "sim/faults/draw.hpp"

namespace lockstep::sim {

Duration draw_jitter(const Latency& latency, Random& random) {
  switch (latency.shape) {
    case Latency::Shape::constant: return Duration(0);
    case Latency::Shape::uniform: return random.between(Duration(0), latency.high - latency.low);
    case Latency::Shape::exponential: return random.exponential(latency.low);
    case Latency::Shape::lognormal: return random.lognormal(latency.low, latency.sigma_permille);
  }
  return Duration(0);
}

Duration draw_latency(const Latency& latency, Random& random) {
  const bool has_floor =
      latency.shape == Latency::Shape::constant || latency.shape == Latency::Shape::uniform;
  return (has_floor ? latency.low : Duration(0)) + draw_jitter(latency, random);
}

}  // namespace lockstep::sim
