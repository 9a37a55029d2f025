// Rogue: a peer with its mischief. Without any it is a peer and nothing else.
#pragma once

#include <cstdint>
#include <utility>

#include "core/flood/flood.hpp"
#include "sim/protocols/flood_format.hpp"

namespace lockstep::sim {

class Rogue {
 public:
  using Alphabet = flood::Alphabet;

  Rogue(flood::Flood peer, const Mischief* mischief) : peer_(std::move(peer)), does_(mischief) {}

  void step(Instant now, const Event<Alphabet>& event, flood::Out& out) {
    const std::size_t before = out.size();
    peer_.step(now, event, out);
    if (does_ != nullptr) misbehave(event, before, out);
  }
  [[nodiscard]] const flood::Flood& peer() const { return peer_; }

  friend bool operator==(const Rogue&, const Rogue&) = default;

 private:
  void misbehave(const Event<Alphabet>& event, std::size_t before, flood::Out& out);
  void spoil(const Event<Alphabet>& event, flood::Message& message) const;
  void storm(flood::Out& out);

  flood::Flood peer_;
  const Mischief* does_;     // the plan's; null: none
  std::uint64_t fresh_ = 0;  // ids made up so far
};

}  // namespace lockstep::sim
