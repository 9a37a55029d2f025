#include "sim/predict/rehearsal.hpp"

#include "core/predict/predictor.hpp"

namespace lockstep::sim {
namespace {

using predict::FailurePredictor;

void count(const FailurePredictor& predictor, bool& before, QuietWatch& watch) {
  const bool alarmed = predictor.alarmed();
  ++watch.beats;
  watch.alarms += alarmed && !before;
  watch.alarmed_beats += alarmed;
  before = alarmed;
}

}  // namespace

Rehearsal rehearse(const predict::Config& config, Ailment ailment, Duration interval,
                   std::uint64_t seed) {
  BeatSource source(interval, seed);
  FailurePredictor predictor(config, seed);
  Random random(mix_seed(seed, 0x111));
  QuietWatch before_onset;
  bool alarmed = false;
  for (std::int64_t left = random.between(60, 400); left > 0; --left) {
    const auto heard = source.next();
    predictor.observe(heard->at, heard->beat);
    count(predictor, alarmed, before_onset);
  }
  source.fall_ill(ailment);
  std::optional<Instant> onset, alarm;
  while (const auto heard = source.next()) {
    if (!onset) onset = heard->at;
    predictor.observe(heard->at, heard->beat);
    if (!alarm && predictor.alarmed()) alarm = heard->at;
  }
  Rehearsal rehearsal{
      .lead = {}, .illness = *source.crash() - *onset, .early_alarms = before_onset.alarms};
  if (alarm && *alarm < *source.crash()) rehearsal.lead = *source.crash() - *alarm;
  return rehearsal;
}

QuietWatch watch_healthy(const predict::Config& config, Duration watched, Duration interval,
                         std::uint64_t seed) {
  BeatSource source(interval, seed);
  FailurePredictor predictor(config, seed);
  QuietWatch watch;
  bool alarmed = false;
  while (const auto heard = source.next()) {
    if (heard->at > Instant() + watched) break;
    predictor.observe(heard->at, heard->beat);
    count(predictor, alarmed, watch);
  }
  return watch;
}

}  // namespace lockstep::sim
