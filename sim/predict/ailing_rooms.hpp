// Whole simulations of what rehearsals try the predictor alone with: four rooms, a network with the
// usual noise, and n4, the coordinator by its id, that falls ill and crashes.
//
// Vitals and symptoms are a BeatSource's, heartbeat by heartbeat. A late beat is a delay of all
// messages to and from n4 until the next one; one that is off its time, of those from n4. The noise
// of healthy times is the network's: latencies that scatter as little as makes beats come some 2 ms
// off their time, like the source's; one message in 200 held back by up to 400 ms, one in 100 lost.
// The same seed gives the same scenario.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/predict/beat_source.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

enum class RoomsProfile : std::uint8_t { wan, lan };  // of the advanced Bully's settings
constexpr std::string_view name_of(RoomsProfile profile) {
  return profile == RoomsProfile::wan ? "wan" : "lan";
}
constexpr std::size_t enumerator_count(RoomsProfile) { return 2; }
[[nodiscard]] Duration heartbeat_of(RoomsProfile profile);

struct RoomsSettings {
  RoomsProfile profile = RoomsProfile::wan;
  std::string latency = "lognormal 20 ms sigma 0.1";  // as in a scenario's network
};

struct AilingRooms {
  Scenario scenario;  // ends with the crash: whoever led last leads then
  Instant onset;      // of the first symptom
  Instant crash;
};
// n4 is healthy for some 60 to 400 heartbeats before.
[[nodiscard]] AilingRooms ailing_rooms(Ailment ailment, const RoomsSettings& settings,
                                       std::uint64_t seed);

// Everybody stays healthy.
[[nodiscard]] Scenario healthy_rooms(Duration watched, const RoomsSettings& settings,
                                     std::uint64_t seed);

}  // namespace lockstep::sim
